"""What a consultation needs beyond the record: screening rules, plans, handouts, calendars."""
