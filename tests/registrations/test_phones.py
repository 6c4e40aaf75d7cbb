"""Phone numbers as people write and copy them become the number that is dialled."""

import pytest

from app.registrations.phones import read_phone

READ = {
    "": "",
    " \u200e ": "",
    "+49 170 1234567": "+491701234567",
    "0049 170/123-45.67": "+491701234567",
    "+49 (0)170 1234567": "+491701234567",
    "+49(0) 170 1234567": "+491701234567",
    "0049 (0) 170 1234567": "+491701234567",
    "+49 [0]170 1234567": "+491701234567",
    "+44 (0)20 7946 0018": "+442079460018",
    "+39 (0)6 1234567": "+39061234567",
    "+39 06 1234567": "+39061234567",
    "+1 (202) 555-0123": "+12025550123",
    "(+49) 170 1234567": "+491701234567",
    "\u202a+49\u00a0170\u202f1234567\u202c": "+491701234567",
    "\u200e+49\u2011170\u20111234567\u200b": "+491701234567",
    "+49\u2013170\u22121234567": "+491701234567",
    "\uff0b\uff14\uff19 170 1234567": "+491701234567",
    "+\u0664\u0669 170 1234567": "+491701234567",
}


@pytest.mark.parametrize(("typed", "kept"), READ.items())
def test_a_number_is_kept_as_it_is_dialled(typed: str, kept: str) -> None:
    assert read_phone(typed) == kept
    assert read_phone(kept) == kept


@pytest.mark.parametrize(
    "typed",
    ["0170 1234567", "+0 170", "+49", "+49170123456789012", "+49 170 x", "(0)170 1234567", "½"],
)
def test_what_nobody_could_dial_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="country code"):
        read_phone(typed)
