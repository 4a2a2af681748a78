"""What can go wrong with a lake, as one plain sentence."""


class LakeError(Exception):
    """The lake cannot be read or written; the message names the fix."""
