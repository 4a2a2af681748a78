"""The pages of the administrator: accounts, change log, data protection."""
