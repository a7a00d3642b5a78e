"""What an issuer refuses to sign, and what it puts into a credential."""

from dataclasses import replace
from datetime import timedelta

import cbor2
import pytest
from hypothesis import given, settings
from strategies import records
from world import ENTRY, NOON, WHOLE, Key, record, world

from statusqr_issuer import issue
from statusqr_keys import Alg, KeyState, KeyUse, Scope
from statusqr_keys.cose import verify1
from statusqr_schema import (
    Categories,
    Disclosure,
    IssueRefused,
    Person,
    Presentation,
    Profile,
    RecordRefused,
    Region,
    Snils,
    StatusRecord,
    envelope,
    qrtext,
)
from statusqr_verifier import Policy, Reason, Verdict, Verifier


@settings(max_examples=150)
@given(records())
def test_what_is_issued_is_read_back(what: StatusRecord) -> None:
    """Over the whole space of records: the same data, and never a verdict but a time's."""
    try:
        text = world().print_key.issue(what, allow_ended=True).text
    except IssueRefused as error:
        begins_late = what.period.valid_from > NOON.date() + timedelta(days=300)
        long_ago = (what.period.valid_through or NOON.date()).year < 1970
        assert error.code == "TOO_LARGE" or begins_late or long_ago
        return
    report = Verifier(world().trust, Policy()).check(text, NOON)
    assert report.record == what
    assert {f.reason for f in report.findings} <= {Reason.STATUS_ENDED, Reason.NOT_YET_VALID}
    period = what.period
    holds = period.valid_from <= NOON.date() <= (period.valid_through or NOON.date())
    edge = NOON.date() in (period.valid_from, period.valid_through) or (
        period.valid_from == NOON.date() + timedelta(days=1)  # it is tomorrow already farther east
    )
    assert (report.verdict is Verdict.VALID) == holds or edge


@pytest.mark.parametrize("alg", Alg)
@pytest.mark.parametrize("presentation", Presentation)
def test_the_bytes_are_a_cose_message_of_the_one_framing(
    alg: Alg, presentation: Presentation
) -> None:
    use = KeyUse.PRINT if presentation is Presentation.PRINT else KeyUse.LIVE
    key = Key.make(use, alg)
    made = key.issue(presentation=presentation)
    message = verify1(made.data, key.record.key, external_aad=envelope.EXTERNAL_AAD, low_s=True)
    assert dict(message.headers) == {1: int(alg), 4: key.record.kid}
    assert dict(message.unprotected) == {}
    cut = envelope.parse(made.data)
    assert (cut.alg, cut.kid, cut.payload) == (int(alg), key.record.kid, message.payload)
    assert qrtext.decode(made.text) == made.data
    assert cbor2.loads(made.data).tag == 18


def test_a_record_that_breaks_rules_is_refused_with_all_of_them() -> None:
    holder = Person("Иванoв", "Пётр", "-", Snils(11223344596))
    with pytest.raises(RecordRefused) as refused:
        world().print_key.issue(replace(record(), holder=holder, authority=None))
    assert {v.rule for v in refused.value.violations} == {
        *("NAME_HOMOGLYPH", "PATRONYMIC_PLACEHOLDER", "SNILS_CHECKSUM", "AUTHORITY_MISSING")
    }
    assert "Иван" not in str(refused.value)


@pytest.mark.parametrize(
    "changes",
    [
        {"use": KeyUse.LIVE},
        {"use": KeyUse.STATUS},
        {"state": KeyState.RETIRED},
        {"state": KeyState.COMPROMISED},
        {"valid_from": NOON + timedelta(seconds=1)},
        {"valid_through": NOON - timedelta(seconds=1)},
        {"scope": Scope(categories=frozenset({"orphan"}))},
        {"scope": Scope(regions=frozenset({"42"}))},
        {"scope": Scope(authorities=frozenset({"Другой орган"}))},
    ],
)
def test_a_key_that_may_not_sign_it(changes: dict[str, object]) -> None:
    with pytest.raises(IssueRefused) as refused:
        Key.make().with_(**changes).issue()
    assert refused.value.code == "NOT_ENTITLED"


def test_a_minimal_code_is_still_of_the_region_and_authority_of_its_record() -> None:
    key = Key.make(scope=Scope(regions=frozenset({"42"})))
    with pytest.raises(IssueRefused, match="регион"):
        key.issue(disclosure=Disclosure(Profile.MINIMAL))


def test_a_print_needs_a_place_in_a_status_list_and_nothing_else_has_one() -> None:
    with pytest.raises(IssueRefused, match="списке отзыва"):
        world().print_key.issue(status=None)
    with pytest.raises(IssueRefused, match="списке отзыва"):
        world().live_key.issue(presentation=Presentation.LIVE, status=ENTRY)
    assert world().print_key.issue().claims.status == ENTRY


def test_an_ended_status_is_refused_unless_asked_for() -> None:
    with pytest.raises(IssueRefused, match="истёк"):
        world().print_key.issue(record("R03"))
    made = world().print_key.issue(record("R03"), allow_ended=True)
    assert made.claims.expires_at < made.claims.issued_at
    report = Verifier(world().trust).check(made.text, NOON)
    assert [finding.reason for finding in report.findings] == [Reason.STATUS_ENDED]


def test_a_record_too_large_for_a_code_is_refused_and_minimal_helps() -> None:
    long = record("R07").holder.patronymic or ""
    members = tuple(
        replace(member, patronymic=long[: 90 + i])
        for i, member in enumerate(record().family_members)
    )
    relatives = tuple(
        replace(members[i % 4], snils=Snils.parse(number), given_name=long[i : 80 + i])
        for i, number in enumerate(SNILS)
    )
    large = replace(record(), family_members=relatives)
    with pytest.raises(IssueRefused, match="--profile minimal") as refused:
        world().print_key.issue(large)
    assert refused.value.code == "TOO_LARGE"
    assert world().print_key.issue(large, disclosure=Disclosure(Profile.MINIMAL)).text


SNILS = [
    *("924-046-365 94", "984-780-334 72", "984-712-148 45", "934-182-296 15"),
    *("917-470-774 34", "937-290-277 36", "938-175-196 47", "905-767-221 25"),
    *("906-009-800 82", "935-925-173 42", "982-487-939 91", "900-570-283 70"),
]


def test_a_category_of_the_deployment() -> None:
    own = replace(record(), category="lunar_settler")
    with pytest.raises(RecordRefused, match="каталог"):
        world().print_key.issue(own)
    catalogue = Categories.builtin().plus('[lunar_settler]\nname = "Лунный"\nname_en = "Lunar"\n')
    assert world().print_key.issue(own, categories=catalogue).claims.record == own


def test_a_region_is_needed_to_know_when_a_day_ends() -> None:
    with pytest.raises(RecordRefused, match="REGION_MISSING"):
        world().print_key.issue(replace(record(), region=None))
    with pytest.raises(RecordRefused, match="REGION_ZONE"):
        elsewhere = Region("76", time_zone="Asia/Kamchatka")
        world().print_key.issue(replace(record(), region=elsewhere))


def test_default_disclosure() -> None:
    key = world().print_key
    made = issue(record(), key.signer, key=key.record, issued_at=NOON, status=ENTRY)
    shown = made.claims.record
    assert shown.holder == record().holder
    assert [m.snils for m in shown.family_members] == [
        m.snils.tail for m in record().family_members if m.snils
    ]
    assert WHOLE.apply(record()) == record()


def test_the_digest_tells_credentials_apart_and_nothing_else() -> None:
    one, two = world().print_key.issue(), world().print_key.issue()
    assert one.digest != two.digest
    assert len(one.digest) == 16
