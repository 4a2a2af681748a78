"""What can go wrong with a lake, as one plain sentence."""


class LakeError(Exception):
    """The lake cannot be read or written; the message names the fix."""


class DamagedLakeError(LakeError):
    """Files of a lake cannot be read by the engine; publishing everything again repairs them."""
