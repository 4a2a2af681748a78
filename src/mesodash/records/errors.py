"""What can go wrong with a clinic's file, each as one plain sentence."""


class RecordError(Exception):
    """Something asked of the clinic's file cannot be done; the message names the fix."""


class NotAClinicError(RecordError):
    """The file is missing, empty or not a mesodash clinic."""


class DamagedError(RecordError):
    """SQLite finds the file damaged."""


class BusyError(RecordError):
    """Another program holds the file for too long."""


class ChangedMeanwhileError(RecordError):
    """Somebody else changed the same since it was looked at; the message shows both."""


class CannotWriteError(RecordError):
    """The file can be read and not changed: write protection, or a full disk."""
