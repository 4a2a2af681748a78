"""The Today page: who comes today, whose draft is open, and finding a patient."""
