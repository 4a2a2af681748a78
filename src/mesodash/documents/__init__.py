"""Documents that leave the clinic: reports and tables as files."""
