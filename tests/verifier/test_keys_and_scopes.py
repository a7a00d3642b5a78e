"""Which keys count: unknown, false, of another use, out of term or scope, retired, compromised."""

from dataclasses import replace
from datetime import timedelta

import pytest
from world import NOON, Key, record, trust, world

from statusqr_issuer import sign_claims
from statusqr_keys import Issuer, KeySigner, KeyState, KeyUse, Scope, TrustList
from statusqr_schema import Disclosure, Presentation, Profile
from statusqr_verifier import Reason, Report, Verdict, Verifier


def check(text: str, *keys: Key) -> Report:
    return Verifier(trust(*keys)).check(text, NOON)


def reasons(report: Report) -> list[Reason]:
    return [finding.reason for finding in report.findings]


def test_an_unknown_key() -> None:
    report = check(Key.make().issue().text, world().print_key)
    assert reasons(report) == [Reason.UNKNOWN_ISSUER]
    assert report.verdict is Verdict.UNDETERMINED
    assert (report.record, report.signer) == (None, None)


def test_a_false_key_with_the_kid_of_a_trusted_one() -> None:
    """The kid is only a hint where to look: the thief's signature does not hold."""
    honest, thief = Key.make(), Key.make()
    data = bytearray(thief.issue().data)
    data[8:16] = honest.record.kid
    report = check(str(int.from_bytes(data)), honest)
    assert reasons(report) == [Reason.BAD_SIGNATURE]
    assert (report.record, report.signer) == (None, None)


def test_a_false_key_that_signs_under_the_kid_of_a_trusted_one() -> None:
    honest, thief = Key.make(), Key.make()

    class Impostor:
        public_key = honest.signer.public_key

        def sign(self, message: bytes) -> bytes:
            return thief.signer.sign(message)

    forged = sign_claims(honest.issue().claims, Impostor())
    assert reasons(check(forged.text, honest)) == [Reason.BAD_SIGNATURE]


@pytest.mark.parametrize(
    ("signed_by", "presentation"),
    [
        (KeyUse.LIVE, Presentation.PRINT),
        (KeyUse.STATUS, Presentation.PRINT),
        (KeyUse.PRINT, Presentation.LIVE),
        (KeyUse.PRINT, Presentation.SCREEN),
        (KeyUse.STATUS, Presentation.LIVE),
    ],
)
def test_a_key_of_another_use(signed_by: KeyUse, presentation: Presentation) -> None:
    right = KeyUse.PRINT if presentation is Presentation.PRINT else KeyUse.LIVE
    key = Key.make(right)
    text = key.issue(presentation=presentation).text
    assert check(text, key).verdict is Verdict.VALID
    report = check(text, key.with_(use=signed_by))
    assert reasons(report) == [Reason.NOT_AUTHORISED]
    assert report.verdict is Verdict.INVALID


@pytest.mark.parametrize(
    ("scope", "holds"),
    [
        (Scope(), True),
        (Scope(categories=frozenset({"large_family", "orphan"})), True),
        (Scope(categories=frozenset({"orphan"})), False),
        (Scope(regions=frozenset({"76"})), True),
        (Scope(regions=frozenset({"42"})), False),
        (Scope(authorities=frozenset({record().authority or ""})), True),
        (Scope(authorities=frozenset({"Другой орган"})), False),
        (Scope(frozenset({"large_family"}), frozenset({"42"})), False),
    ],
)
def test_what_a_key_may_state(scope: Scope, holds: bool) -> None:
    key = Key.make()
    report = check(key.issue().text, key.with_(scope=scope))
    assert reasons(report) == ([] if holds else [Reason.NOT_AUTHORISED])


def test_what_a_code_does_not_state_is_not_out_of_scope() -> None:
    key = Key.make()
    text = key.issue(disclosure=Disclosure(Profile.MINIMAL)).text
    narrow = Scope(regions=frozenset({"42"}), authorities=frozenset({"Другой орган"}))
    assert check(text, key.with_(scope=narrow)).verdict is Verdict.VALID


def test_a_retired_key_keeps_what_it_signed() -> None:
    key = Key.make()
    text = key.issue().text
    retired = key.with_(state=KeyState.RETIRED, valid_through=NOON)
    assert check(text, retired).verdict is Verdict.VALID
    later = key.issue(at=NOON + timedelta(seconds=1)).text
    assert reasons(check(later, retired)) == [Reason.NOT_AUTHORISED]


def test_a_compromised_key_is_refused_for_everything() -> None:
    key = Key.make()
    text = key.issue(at=NOON - timedelta(days=300)).text
    report = check(text, key.with_(state=KeyState.COMPROMISED))
    assert reasons(report) == [Reason.KEY_COMPROMISED]
    assert report.verdict is Verdict.INVALID


@pytest.mark.parametrize(("seconds", "holds"), [(-1, False), (0, True), (1, True)])
def test_the_first_second_of_a_key(seconds: int, holds: bool) -> None:
    key = Key.make()
    text = key.issue(at=NOON + timedelta(seconds=seconds)).text
    report = check(text, key.with_(valid_from=NOON))
    assert reasons(report) == ([] if holds else [Reason.NOT_AUTHORISED])


@pytest.mark.parametrize(("seconds", "holds"), [(-1, True), (0, True), (1, False)])
def test_the_last_second_of_a_key(seconds: int, holds: bool) -> None:
    key = Key.make()
    text = key.issue(at=NOON + timedelta(seconds=seconds)).text
    report = check(text, key.with_(valid_through=NOON))
    assert reasons(report) == ([] if holds else [Reason.NOT_AUTHORISED])


def test_the_report_names_the_issuer_of_the_key() -> None:
    one, two = Key.make(), Key.make()
    both = TrustList.of(
        [Issuer("one", "Первый", (one.record,)), Issuer("two", "Второй", (two.record,))]
    )
    signer = Verifier(both).check(two.issue().text, NOON).signer
    assert signer is not None
    assert (signer.issuer_id, signer.name, signer.kid) == ("two", "Второй", two.record.kid.hex())


def test_a_signer_is_used_only_with_its_own_description() -> None:
    from statusqr_schema import IssueRefused

    other = replace(Key.make(), signer=KeySigner.generate())
    with pytest.raises(IssueRefused, match="не тот ключ"):
        other.issue()
