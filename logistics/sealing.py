"""The settings of sealing: which proofs beyond our own key a package gets, and the files and keys they come from."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from logistics import setting
from logistics.setting import Setting

LEVELS = ("", "B-B", "B-T", "B-LTA")


@dataclass(frozen=True)
class Sealing:
    """What an administrator decides about sealing; by default nothing beyond the checkpoint's key."""

    profile: str = "fuzhou"
    sm3_manifest: bool = False
    tsa_url: str = ""
    tsa_roots: Path | None = None
    pdf_signature: str = ""
    pkcs12: Path | None = None
    pkcs11: Path | None = None
    token: str = ""
    key_label: str = ""
    passphrase: str = field(default="", repr=False)
    chain: Path | None = None
    trust_roots: Path | None = None
    crls: Path | None = None
    sm2_key_file: Path | None = None

    def problems(self) -> list[str]:
        """Settings that are missing for what others ask, each in Chinese and English."""
        wanted: dict[str, tuple[bool, str]] = {
            "YOUDANG_TSA_URL": (bool(self.tsa_roots or self.pdf_signature in LEVELS[2:]) and not self.tsa_url,
                                "时间戳、B-T、B-LTA 需要 needed for time stamps, B-T and B-LTA"),
            "YOUDANG_SIGN_PKCS12": (bool(self.pkcs12) + bool(self.pkcs11) != bool(self.pdf_signature),
                                    "签 PDF 需要证书：PKCS#12 或 PKCS#11 二选一，不签就都不设 "
                                    "signing needs PKCS#12 or PKCS#11, one of them; unsigned, neither"),
            "YOUDANG_SIGN_KEY": (bool(self.pkcs11) and not (self.token and self.key_label),
                                 "PKCS#11 需要 YOUDANG_SIGN_TOKEN 和 YOUDANG_SIGN_KEY PKCS#11 needs both"),
            "YOUDANG_SIGN_CRLS": (self.pdf_signature == "B-LTA" and not (self.trust_roots and self.crls),
                                  "B-LTA 需要 YOUDANG_SIGN_ROOTS 和 YOUDANG_SIGN_CRLS B-LTA needs both"),
        }  # fmt: skip
        return [f"{name}: {words}" for name, (fault, words) in wanted.items() if fault]


def _level(value: str) -> str:
    if value not in LEVELS:
        raise ValueError(f"应为 must be {'、'.join(LEVELS[1:])}: {value!r}")
    return value


def _yes(value: str) -> bool:
    return bool(setting.yes_or_no(value))


SEALING = (
    Setting("YOUDANG_ARCHIVE_PROFILE", "profile", "fuzhou", str,
            "归档信息包的元数据方案：随附的 `fuzhou`、`zhejiang`，或一个方案文件的路径。",
            "Profile of the archive package's metadata: `fuzhou`, `zhejiang`, or the path of a profile file."),
    Setting("YOUDANG_TSA_URL", "tsa_url", "", setting.site,
            "时间戳机构（RFC 3161）的地址；不设则不盖时间戳。",
            "Address of a time-stamping authority (RFC 3161); unset, nothing is stamped."),
    Setting("YOUDANG_TSA_ROOTS", "tsa_roots", "", setting.file,
            "受信任的时间戳根证书（PEM）；设了就拒绝其他机构的时间戳。",
            "Trusted roots of time stamps (PEM); set, stamps of others are refused."),
    Setting("YOUDANG_PDF_SIGNATURE", "pdf_signature", "", _level,
            "给归档主文件签名（PAdES）：`B-B`、`B-T`、`B-LTA`；不设则不签。",
            "PAdES signature on the main file: `B-B`, `B-T` or `B-LTA`; unset, none."),
    Setting("YOUDANG_SIGN_PKCS12", "pkcs12", "", setting.file,
            "签名证书和私钥（PKCS#12 文件）。", "Certificate and key to sign with (PKCS#12 file)."),
    Setting("YOUDANG_SIGN_PKCS11", "pkcs11", "", setting.file,
            "签名介质（UKey、密码机）的 PKCS#11 模块文件；须另装 `python-pkcs11`。",
            "PKCS#11 module of the token or HSM to sign with; needs the package `python-pkcs11`."),
    Setting("YOUDANG_SIGN_TOKEN", "token", "", str, "PKCS#11 令牌名。", "Label of the PKCS#11 token."),
    Setting("YOUDANG_SIGN_KEY", "key_label", "", str,
            "令牌里私钥和证书的标签。", "Label of key and certificate in the token."),
    Setting("YOUDANG_SIGN_PASSPHRASE", "passphrase", "", str,
            "PKCS#12 文件的口令，或 PKCS#11 的 PIN。", "Passphrase of the PKCS#12 file, or PIN of the token.",
            secret=True),
    Setting("YOUDANG_SIGN_CHAIN", "chain", "", setting.file,
            "签名证书以上的证书（PEM），证书文件里没有时用。",
            "Certificates above the signer's (PEM), where its file has none."),
    Setting("YOUDANG_SIGN_ROOTS", "trust_roots", "", setting.file,
            "B-LTA：签名证书和时间戳证书的根（PEM）。", "B-LTA: roots of signer and time stamps (PEM)."),
    Setting("YOUDANG_SIGN_CRLS", "crls", "", setting.file,
            "B-LTA：有效的吊销列表（PEM，可多份），过期前须更换文件。",
            "B-LTA: revocation lists in force (PEM, one or more); replace the file before they lapse."),
    Setting("YOUDANG_SM2_KEY_FILE", "sm2_key_file", "", setting.file,
            "另用 SM2 签名归档信息包的私钥（PEM，不加口令）；不设则不签。",
            "SM2 private key (PEM, in clear) that signs packages too; unset, none."),
    Setting("YOUDANG_SM3_MANIFEST", "sm3_manifest", "no", _yes,
            "归档信息包另附 SM3 清单（yes/no）。", "An SM3 manifest in packages too (yes/no)."),
)  # fmt: skip
