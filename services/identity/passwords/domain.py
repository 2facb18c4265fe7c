"""What is taken for a password: a matter of length and of not being common (NIST SP 800-63B §3.1.1.2)."""

import unicodedata
from datetime import timedelta

from shared.errors import DomainError

SHORTEST, LONGEST = 10, 200
LINK = timedelta(hours=72)
_COMMON = """
1234567890 12345678910 0123456789 0987654321 123456789a a123456789 123123123 1234512345 1111111111 0000000000
qwertyuiop qwerty1234 qwerty12345 1q2w3e4r5t 1qaz2wsx3edc password12 password123 password1234 passw0rd123
administrator admin12345 admin123456 iloveyou123 woaini1314 woaini1314520 5201314520 asdfghjkl123 abcd123456
abc1234567 zxcvbnm123 changeme123 letmein123 welcome123 wangyut2 xiaonongyun
"""


def normal(password: str) -> str:
    """Return a password as it is hashed: the same whichever way a keyboard writes its characters."""
    return unicodedata.normalize("NFKC", password)


def check(password: str, login: str) -> str:
    """Return the password as it is hashed. Raises DomainError for one that is easily guessed."""
    normalised = normal(password)
    if not SHORTEST <= len(normalised) <= LONGEST:
        raise DomainError("password-length", f"{SHORTEST} to {LONGEST} characters", field="password")
    low = normalised.lower()
    if low in _COMMON.split() or len(set(low)) < 4 or login.lower() in low or "校农云" in low:
        raise DomainError("password-guessed", "others guess this one: take another", field="password")
    return normalised
