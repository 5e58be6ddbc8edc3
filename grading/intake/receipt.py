"""Compare what arrived with the receipt that the student's own packing wrote: information only."""

import hashlib
import json

from .unpack import Folder, Refused, Zip, shown

RECEIPT = "receipt.json"
CAP = 1 << 20


def receipt_flags(source: Folder | Zip, files: dict, raw: dict[str, bytes]) -> list[str]:
    """Where the files differ from the receipt beside them, in words; none without a receipt.

    Parameters
    ----------
    source : Folder or Zip
    files : dict of name -> handle
        All files of the source.
    raw : dict of path -> bytes
        The files that were read, as they arrived.
    """
    places = [name for name in files if name.rpartition("/")[2] == RECEIPT]
    if not places:
        return []
    place = min(places, key=lambda name: (name.count("/"), name))
    try:
        hashes = json.loads(source.read(files[place], CAP))["files"]
        hashes = {str(name): str(digest) for name, digest in hashes.items()}
    except Refused as refusal:
        return [str(refusal)]
    except Exception:  # not JSON, not the right kind, or nested too deeply: it is only a receipt
        return [f"{shown(place)} is no receipt as `python -m cs231n submit` writes it."]
    changed = [
        path
        for path, data in raw.items()
        if path in hashes and hashes[path] != hashlib.sha256(data).hexdigest()
    ]
    lost = [path for path in hashes if path not in raw]
    flags = [f"{path} was changed after the receipt was written." for path in changed]
    flags += [f"The receipt names {shown(path)}, which did not arrive." for path in lost[:8]]
    return flags
