from pathlib import Path

import pytest

from app.core.settings import Settings, unsafe_settings

SAFE = {
    "environment": "production",
    "base_url": "https://pages.example",
    "secret_keys": ["k" * 40],
    "stripe_api_key": "sk_live_1",
    "stripe_webhook_secret": "whsec_1",
    "stripe_api_base": "",
    "s3_secret_key": "another",
    "rate_limits": True,
}


def test_a_complete_production_setting_is_safe() -> None:
    assert unsafe_settings(Settings.model_validate(SAFE)) == []


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"secret_keys": ["development-only-secret-never-in-production"]}, "SECRET_KEYS"),
        ({"secret_keys": ["short"]}, "SECRET_KEYS"),
        ({"secret_keys": []}, "SECRET_KEYS"),
        ({"customer_key": "short"}, "CUSTOMER_KEY"),
        ({"customer_key": "development-only-secret-never-in-production"}, "CUSTOMER_KEY"),
        ({"base_url": "http://pages.example"}, "BASE_URL"),
        ({"stripe_api_base": "http://127.0.0.1:8002"}, "STRIPE_API_BASE"),
        (
            {"stripe_api_base": "http://127.0.0.1:8002", "stripe_api_key": "sk_test_1"},
            "STRIPE_API_BASE",
        ),
        ({"stripe_webhook_secret": ""}, "WEBHOOK_SECRET"),
        ({"stripe_api_key": ""}, "STRIPE_API_KEY"),
        ({"s3_secret_key": "mayfly-development"}, "S3_SECRET_KEY"),
        ({"rate_limits": False}, "RATE_LIMITS"),
    ],
)
def test_each_unsafe_production_setting_is_named(change: dict[str, object], named: str) -> None:
    problems = unsafe_settings(Settings.model_validate({**SAFE, **change}))
    assert len(problems) == 1
    assert named in problems[0]


def test_a_sandbox_beside_a_live_key_is_refused_everywhere() -> None:
    settings = Settings.model_validate(
        {
            "environment": "development",
            "stripe_api_key": "sk_live_1",
            "stripe_api_base": "http://127.0.0.1:8002",
        }
    )
    assert unsafe_settings(settings)


def test_lists_are_read_from_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAYFLY_SECRET_KEYS", "one, two")
    assert Settings().secret_keys == ["one", "two"]


def test_every_setting_is_documented() -> None:
    readme = (Path(__file__).parent.parent.parent / "README.md").read_text()
    missing = [name for name in Settings.model_fields if f"`MAYFLY_{name.upper()}`" not in readme]
    assert missing == []


def test_trusted_proxies_are_addresses_and_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(
        "MAYFLY_TRUSTED_PROXIES", "10.0.0.1, 10.0.0.0/8, 10.1.2.3/8,2001:db8::/32, ::1"
    )
    assert len(Settings().trusted_proxies) == 5
    for wrong in ("proxy.example", "10.0.0.0/33", "10.0.0", "10.0.0.1:80"):
        monkeypatch.setenv("MAYFLY_TRUSTED_PROXIES", f"10.0.0.1,{wrong}")
        with pytest.raises(ValueError, match="TRUSTED_PROXIES") as refused:
            Settings()
        assert repr(wrong) in str(refused.value) and "network" in str(refused.value)
