"""The consultation: a patient or none, chosen areas, what is indicated, allowed and planned."""
