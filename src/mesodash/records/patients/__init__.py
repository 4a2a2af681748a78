"""Patients: finding them, and an overview of one."""
