"""Own paths only, whatever is written into `next`."""

from urllib.parse import urljoin, urlsplit

from hypothesis import given
from hypothesis import strategies as st

from app.auth.redirects import HOME, after_login, own_path

HOST = "mayfly.example"


def test_own_paths_pass() -> None:
    for path in ("/console/orders?q=a%20b#top", "/", "/console/pages/1/edit"):
        assert own_path(path) == path


@given(
    st.one_of(
        st.text(),
        st.text(alphabet="/\\:.@evilhtps\t\n\r ", min_size=1),
        st.text(alphabet="/\\:.@evil", max_size=12).map("/".__add__),
    )
)
def test_nothing_leads_to_another_host(target: str) -> None:
    # A browser reads a backslash as a slash and leaves control characters out.
    read = "".join(c for c in after_login(target).replace("\\", "/") if c >= " ")
    assert urlsplit(urljoin(f"https://{HOST}/login", read)).netloc == HOST


def test_what_is_no_own_path_leads_home() -> None:
    assert after_login("") == after_login("https://evil.example") == HOME
