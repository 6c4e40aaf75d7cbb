"""Whatever is sent, a form answers; it never raises."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.auth import account_forms, forms
from app.core.forms import FormModel, validate

FORMS: list[type[FormModel]] = [
    forms.SignUpForm,
    forms.LogInForm,
    forms.ForgotForm,
    forms.ResetForm,
    forms.PasswordForm,
    account_forms.ProfileForm,
    account_forms.AddressForm,
    account_forms.BeginForm,
    account_forms.CodeForm,
    account_forms.ProofForm,
]


@pytest.mark.parametrize("model", FORMS)
@given(data=st.data())
def test_any_text_is_accepted_or_refused_with_words(
    model: type[FormModel], data: st.DataObject
) -> None:
    names = st.sampled_from([*model.model_fields, "extra"])
    values: dict[str, Any] = data.draw(st.dictionaries(names, st.text(max_size=300)))
    form = validate(model, values)
    assert form.ok != bool(form.errors)
    assert all(text for messages in form.errors.values() for text in messages)


def test_a_password_is_taken_as_it_was_typed() -> None:
    form = validate(forms.LogInForm, {"email": " a@example.com ", "password": "  two spaces  "})
    assert form.data is not None
    assert form.data.email == "a@example.com"
    assert form.data.password == "  two spaces  "
