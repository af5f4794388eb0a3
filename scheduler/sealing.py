"""What sealing may use beside the ledger's key, made from the settings; the door to the time-stamping authority."""

from __future__ import annotations

from pathlib import Path

from asn1crypto import pem
from sqlmodel import Session

from couriers import transport
from couriers.contract import Call, CourierError
from logistics.archive import sm, timestamps
from logistics.archive.means import SealingMeans, SigningFailed, SignPdf, Sm2, Stamp, StampRefused
from logistics.archive.profiles import ProfileFault, load
from logistics.config import ConfigError
from logistics.sealing import Sealing
from logistics.store import stamps
from logistics.store.context import Context

LONGEST_WAIT = 15.0  # seconds for an authority's answer


class Stamper:
    """An authority that is asked over HTTP: called with content, it gives the stamp over it."""

    def __init__(self, sealing: Sealing, seconds: float = LONGEST_WAIT) -> None:
        """The roots are read now. Raises ValueError where their file holds no certificate."""
        self._url, self._seconds = sealing.tsa_url, seconds
        self.roots = timestamps.roots_of(sealing.tsa_roots.read_bytes()) if sealing.tsa_roots else []

    def __call__(self, content: bytes) -> bytes:
        """The authority's answer, which stamps `content` under a trusted root. Raises `StampRefused`."""
        request = timestamps.ask(content)
        return timestamps.accept(self.post(request), request, content, self.roots)

    def post(self, request: bytes) -> bytes:
        """What the authority answers to a request, unread. Raises `StampRefused` when nothing usable comes."""
        headers = {"Content-Type": timestamps.REQUEST_TYPE, "Accept": timestamps.RESPONSE_TYPE}
        try:
            reply = transport.send(Call("POST", self._url, headers=headers, body=request), self._seconds)
        except CourierError as why:  # its words speak of couriers
            raise StampRefused(f"时间戳机构没有应答（{type(why).__name__}），稍后重试 (no answer)") from why
        if reply.status != 200:
            raise StampRefused(f"时间戳机构应答 HTTP {reply.status}，请核对 YOUDANG_TSA_URL (unexpected answer)")
        return reply.body


def stamper(sealing: Sealing) -> Stamper | None:
    """The authority of the settings, None where none is set. Raises ConfigError."""
    try:
        return Stamper(sealing) if sealing.tsa_url else None
    except (OSError, ValueError) as why:
        raise ConfigError([f"YOUDANG_TSA_ROOTS: 不是 PEM 证书文件 no certificates in PEM ({why})"]) from why


def means(sealing: Sealing, ctx: Context | None = None) -> SealingMeans:
    """What the settings ask for; made once in a process. With `ctx` a head stamped before is not stamped again.

    Raises ConfigError naming the setting whose file or key cannot be used.
    """
    asked = stamper(sealing)
    try:
        load(sealing.profile)  # now, not at the first dossier that closes
    except ProfileFault as why:
        raise ConfigError([f"YOUDANG_ARCHIVE_PROFILE: {why}"]) from why
    return SealingMeans(
        stamp=None if asked is None else _kept_first(ctx, asked),
        sign_pdf=_signer(sealing, asked) if sealing.pdf_signature else None,
        sm2=_sm2(sealing.sm2_key_file) if sealing.sm2_key_file else None,
        sm3_manifest=sealing.sm3_manifest,
        profile=sealing.profile,
    )


def _kept_first(ctx: Context | None, authority: Stamper) -> Stamp:
    def stamp(content: bytes) -> bytes:
        if ctx is not None:
            with Session(ctx.engine) as session:
                kept = stamps.of(session, content)
            if kept is not None:
                return kept
        return authority(content)

    return stamp


def _signer(sealing: Sealing, authority: Stamper | None) -> SignPdf:
    # most of a second to import, which a house that signs no PDF need not wait for
    from logistics.archive import pades

    try:
        chain = pades.certificates(sealing.chain.read_bytes()) if sealing.chain else []
        roots = pades.certificates(sealing.trust_roots.read_bytes()) if sealing.trust_roots else []
        if sealing.pkcs12:
            signer = pades.from_pkcs12(sealing.pkcs12.read_bytes(), sealing.passphrase, chain)
        else:
            module = str(sealing.pkcs11)
            signer = pades.from_pkcs11(module, sealing.token, sealing.passphrase, sealing.key_label, chain)
    except (OSError, ValueError, SigningFailed) as why:
        raise ConfigError([f"YOUDANG_SIGN_…: {why}"]) from why

    def trust() -> pades.Trust:
        return pades.Trust(roots, _blocks(sealing.crls) if sealing.crls else ())

    return pades.signing(signer, pades.level(sealing.pdf_signature), authority.post if authority else None, trust)


def _sm2(path: Path) -> Sm2:
    try:
        return sm.load(path.read_bytes())
    except (OSError, sm.KeyUnfit) as why:
        raise ConfigError([f"YOUDANG_SM2_KEY_FILE: {why}"]) from why


def _blocks(path: Path) -> list[bytes]:
    """The DER of each PEM block of the file."""
    return [der for _, _, der in pem.unarmor(path.read_bytes(), multiple=True)]
