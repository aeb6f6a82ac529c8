"""The digest of the settings that gates are asked with; importing this imports nothing that computes."""

from nb2prod.config import Gates
from nb2prod.runtime.digests import canonical_json, digest_text


def settings_digest(settings: Gates) -> str:
    """Return the digest of the settings that decide a judgement."""
    return digest_text(canonical_json(settings.model_dump(mode="json")))
