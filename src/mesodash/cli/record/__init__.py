"""Commands that write the record: patients, sessions, stock, consents, what followed."""
