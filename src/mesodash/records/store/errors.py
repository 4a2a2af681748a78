"""Errors about a clinic's file; each message is one plain sentence."""


class RecordError(Exception):
    """A request to the clinic's file cannot be carried out; the message names the fix."""


class NotAClinicError(RecordError):
    """The file is missing, empty or not a mesodash clinic."""


class DamagedError(RecordError):
    """SQLite finds the file damaged."""


class BusyError(RecordError):
    """Another program holds the file for too long."""


class ChangedMeanwhileError(RecordError):
    """Somebody else changed the same data since it was read; the message shows both versions."""


class ChangedOutsideError(DamagedError):
    """A program other than mesodash changed the file, or the key of its log is missing."""


class NewerSchemaError(RecordError):
    """The file was made by a newer version of mesodash."""


class CannotWriteError(RecordError):
    """The file can be read but not changed: write protection, or a full disk."""
