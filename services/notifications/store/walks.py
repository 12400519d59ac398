"""How what grows for ever is gone through in slices: notices with their deliveries."""

from typing import Final

from shared.db.walks import Walk

NOTICES: Final = Walk("invariants-of-notices", ("notices",), "notice_id", "uuid")
