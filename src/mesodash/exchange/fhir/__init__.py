"""The exchange tables as FHIR R4B resources, and back."""
