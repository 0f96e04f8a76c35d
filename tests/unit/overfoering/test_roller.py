"""Which certificate signs, which opens and which speaks TLS: by X.509's own words, or a list's.

Norwegian enterprise certificates come as pairs, one to sign with and one to encrypt to; a package
sealed to the wrong one of them is a package nobody can open.
"""

import pytest

from connectors.fiks import konvolutt
from connectors.fiks.asice import Fil, write_package
from connectors.forsegling.forsegler import open_forsegler
from connectors.forsegling.konvolutter import open_konvolutt
from connectors.forsegling.roller import Rolle, may
from gateway.errors import LocalFault, Rejected
from gateway.ports.forsegling import Motpartsfiler, Pakkefil
from tests.contract.channels.pki import CLIENT, MAIL, SERVER, certificate, key, put

A, B = "899100107", "899200209"
FILES = (Pakkefil("melding.json", "application/json", b"{}"),)
SIGN, OPEN = ("digital_signature",), ("key_encipherment", "data_encipherment")
ALL = {Rolle.SIGNERER, Rolle.AAPNER, Rolle.TLS}


@pytest.mark.parametrize(
    ("kind", "uses", "extended", "roles"),
    [
        ("rsa2048", None, (), ALL),
        ("rsa2048", None, (SERVER, CLIENT), ALL),
        ("rsa2048", SIGN, (), {Rolle.SIGNERER, Rolle.TLS}),
        ("rsa2048", SIGN, (MAIL,), {Rolle.SIGNERER}),
        ("rsa2048", SIGN, (CLIENT,), {Rolle.SIGNERER, Rolle.TLS}),
        ("rsa2048", ("content_commitment",), (), {Rolle.SIGNERER}),
        ("rsa2048", OPEN, (), {Rolle.AAPNER}),
        ("rsa2048", ("data_encipherment",), (), {Rolle.AAPNER}),
        ("rsa2048", (*SIGN, *OPEN), (), ALL),
        ("rsa2048", (*SIGN, "key_encipherment"), (SERVER,), {Rolle.TLS}),
        ("rsa2048", ("key_cert_sign", "crl_sign"), (), set()),
        ("rsa1024", None, (), set()),
        ("p256", None, (), {Rolle.SIGNERER, Rolle.TLS}),
        ("p384", (*SIGN, "key_agreement"), (), {Rolle.SIGNERER, Rolle.TLS}),
        ("p521", None, (), set()),
    ],
)
def test_what_a_certificate_may_do(kind, uses, extended, roles):
    """By its key, its keyUsage and its extendedKeyUsage."""
    made = certificate(key("x", kind), A, uses, extended)
    assert {one for one in Rolle if may(made, one)} == roles


@pytest.fixture
def pair(tmp_path):
    """B's pair as files: the one that signs, newest, and the one that opens."""
    signs, opens = key("b signs"), key("b opens")
    return {
        "sk": put(tmp_path, "sk", signs), "ok": put(tmp_path, "ok", opens),
        "sc": put(tmp_path, "sc", certificate(signs, B, SIGN, age=1)),
        "oc": put(tmp_path, "oc", certificate(opens, B, OPEN, age=48)),
    }  # fmt: skip


@pytest.fixture
def own(tmp_path):
    """A's one key that does everything."""
    return put(tmp_path, "ak", key("a")), put(tmp_path, "ac", certificate(key("a"), A))


def code(work):
    """The code of a local fault or a refusal."""
    with pytest.raises((LocalFault, Rejected)) as caught:
        work()
    return caught.value.code


def test_a_pair_is_encrypted_to_the_one_that_opens(pair, own):
    """Also when the one that signs is newer; and the one that signs is believed."""
    a = open_forsegler(*own, [], {B: Motpartsfiler([pair["sc"], pair["oc"]])})
    b = open_forsegler(pair["sk"], pair["sc"], [pair["ok"]], {A: Motpartsfiler([own[1]])})
    assert b.aapne(a.pakk(FILES, B)).avsender == A
    assert a.aapne(b.pakk(FILES, A)).avsender == B


def test_the_one_that_opens_proves_nothing(pair, own):
    """A signature made with the encryption key is not the organisation's."""
    a = open_forsegler(*own, [], {B: Motpartsfiler([pair["sc"], pair["oc"]])})
    wrong = open_forsegler(
        pair["ok"], put(pair["ok"].parent, "x", certificate(key("b opens"), B)), [],
        {A: Motpartsfiler([own[1]])},
    )  # fmt: skip
    assert code(lambda: a.aapne(wrong.pakk(FILES, A))) == "FEIL_SIGNATAR"


@pytest.mark.parametrize("kind", ["rsa2048", "p256"])
def test_a_counterpart_nobody_can_encrypt_to_is_told_before_anything_is_sent(tmp_path, own, kind):
    """One that may only sign, or holds a key of the other kind: a code of its own, both when a
    hand-over is made ready and when a package is; whom it is about is not in it."""
    only = put(tmp_path, "only", certificate(key("only", kind), B, SIGN))
    a = open_forsegler(*own, [], {B: Motpartsfiler([only])})
    assert a.mangler(B) == "MOTPART_UTEN_KRYPTERING"
    assert a.mangler("899100115") == "UKJENT_MOTPART"
    with pytest.raises(LocalFault, match="MOTPART_UTEN_KRYPTERING") as caught:
        a.pakk(FILES, B)
    assert B not in str(caught.value)


def test_a_list_of_a_role_is_that_role(tmp_path, pair, own):
    """Certificates that say nothing are told apart by the lists, and a list holds against the
    others: what is not on it does not do it."""
    plain = {n: put(tmp_path, n, certificate(key(f"b {n}"), B)) for n in ("signs", "opens")}
    told = Motpartsfiler(signerer=[plain["signs"]], aapner=[plain["opens"]])
    a = open_forsegler(*own, [], {B: told})
    b = open_forsegler(pair["sk"], plain["signs"], [pair["ok"]], {A: Motpartsfiler([own[1]])})
    assert a.mangler(B) == "" and b.aapne(a.pakk(FILES, B)).avsender == A
    assert a.aapne(b.pakk(FILES, A)).avsender == B
    turned = Motpartsfiler([plain["signs"]], signerer=[plain["opens"]])
    a = open_forsegler(*own, [], {B: turned})
    assert code(lambda: a.aapne(b.pakk(FILES, A))) == "FEIL_SIGNATAR"


def test_an_authority_vouches_for_what_may_sign_only(tmp_path, own):
    """A new certificate under it counts when it may sign, not when it only opens."""
    ca = certificate(key("ca"), "999999999", ("key_cert_sign",), ca=True)
    to = (key("ca"), ca)
    for uses, right in ((SIGN, True), (OPEN, False)):
        made = certificate(key("n"), B, uses, issuer=to)
        package = konvolutt.encrypt(
            write_package([Fil("melding.json", "application/json", b"{}")], key("n"), made),
            certificate(key("a"), A),
        )
        trusts = Motpartsfiler([own[1]], [put(tmp_path, "ca", ca)])
        a = open_forsegler(*own, [], {B: trusts})
        if right:
            assert a.aapne(package).avsender == B
        else:
            assert code(lambda a=a, p=package: a.aapne(p)) == "FEIL_SIGNATAR"


@pytest.mark.parametrize("kind", ["p256", "p384"])
def test_an_elliptic_key_signs(tmp_path, own, kind):
    """And what opens is RSA all the same."""
    cert = put(tmp_path, "ec", certificate(key("ec", kind), B))
    b = open_forsegler(put(tmp_path, "eck", key("ec", kind)), cert,
                       [put(tmp_path, "ok", key("b opens"))],
                       {A: Motpartsfiler([own[1]])})  # fmt: skip
    opens = put(tmp_path, "oc", certificate(key("b opens"), B, OPEN))
    a = open_forsegler(*own, [], {B: Motpartsfiler([cert, opens])})
    assert a.aapne(b.pakk(FILES, A)).avsender == B
    assert b.aapne(a.pakk(FILES, B)).avsender == A


def test_keys_of_ones_own_that_cannot_do_their_part_are_told_at_once(tmp_path, pair, own):
    """A certificate that may not sign; nothing that opens; an opening certificate of another key;
    a key for opening that is not RSA."""
    known = {A: Motpartsfiler([own[1]])}
    assert code(lambda: open_forsegler(pair["ok"], pair["oc"], [], known)) == (
        "SERTIFIKAT_SIGNERER_IKKE"
    )
    assert code(lambda: open_forsegler(pair["sk"], pair["sc"], [], known)) == (
        "UTEN_AAPNENDE_NOEKKEL"
    )
    elliptic = put(tmp_path, "e", key("e", "p256"))
    assert code(lambda: open_forsegler(pair["sk"], pair["sc"], [elliptic], known)) == (
        "UGYLDIG_NOEKKEL"
    )
    assert code(
        lambda: open_forsegler(*own, [], known, dekrypteringssertifikat=pair["oc"])
    ) == "NOEKKEL_PASSER_IKKE"  # fmt: skip
    assert code(
        lambda: open_forsegler(
            put(tmp_path, "l", key("l", "p521")),
            put(tmp_path, "lc", certificate(key("l", "p521"), A)), [], known)
    ) == "UGYLDIG_NOEKKEL"  # fmt: skip


def test_a_pair_of_ones_own_opens_within_the_municipality(pair):
    """Sealed to ourselves: to the certificate that opens, never to the one that signs."""
    files = Motpartsfiler([pair["sc"], pair["oc"]])
    mine = open_forsegler(
        pair["sk"], pair["sc"], [pair["ok"]], {B: files}, dekrypteringssertifikat=pair["oc"]
    )
    assert mine.aapne(mine.pakk(FILES, B)).avsender == B
    alone = open_forsegler(pair["sk"], pair["sc"], [pair["ok"]], {B: Motpartsfiler([pair["sc"]])})
    assert alone.mangler(B) == "MOTPART_UTEN_KRYPTERING"


def test_what_is_sealed_to_our_signing_certificate_opens_too(tmp_path, own):
    """It may be encrypted to, so somebody will: also when other keys are named for opening."""
    mine = open_forsegler(
        *own, [put(tmp_path, "other", key("b opens"))], {A: Motpartsfiler([own[1]])}
    )
    assert mine.aapne(mine.pakk(FILES, A)).avsender == A


def test_a_notice_is_sealed_to_the_one_that_opens(pair, tmp_path):
    """Of the certificates in a file; a file without one cannot be sealed to."""
    both = put(tmp_path, "both", *(certificate(key("b signs"), B, SIGN),
                                   certificate(key("b opens"), B, OPEN)))  # fmt: skip
    assert open_konvolutt(both).lukk(b"x")
    assert code(lambda: open_konvolutt(pair["sc"]).lukk(b"x")) == "UGYLDIG_SERTIFIKAT"
