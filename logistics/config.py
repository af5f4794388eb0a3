"""The settings of the product: one frozen value read from the environment, every fault reported at once."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from logistics.rules import printing, quota, webhooks
from logistics.rules.printing import Networks
from logistics.rules.webhooks import Outside
from logistics.sealing import SEALING, Sealing
from logistics.setting import Setting
from logistics.setting import path as _path
from logistics.setting import site as _site
from logistics.setting import yes_or_no as _yes_or_no

COURIER_PREFIX = "COURIER_"
AWS_PREFIX = "AWS_"
OWN_PREFIX = "YOUDANG_"
SECOND_SOURCES = ("", "kuaidi100", "kdniao")
_QUOTA = re.compile(r"COURIER_([A-Z0-9]+)_CALLS_PER_(?:MINUTE|DAY)")
LOG_LEVELS = ("debug", "info", "warning", "error")
DRIVER = "postgresql+psycopg://"


class ConfigError(Exception):
    """Settings are missing or wrong; `problems` names all of them, each in Chinese and English."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("\n".join(["配置有误 Settings are wrong:", *(f"  - {problem}" for problem in problems)]))


@dataclass(frozen=True)
class Config:
    """What an administrator decides. Database URLs that are None mean the embedded PostgreSQL under `var`."""

    database_url: str | None = field(repr=False)
    database_system_url: str | None = field(repr=False)
    database_owner_url: str | None = field(repr=False)
    var: Path
    postgres_bin: Path | None
    host: str
    port: int
    sandbox_port: int
    base_url: str
    keyring_file: Path
    checkpoint_key_file: Path
    smtp_url: str | None = field(repr=False)
    mail_from: str | None
    log_level: str
    tick_seconds: float
    checkpoint_seconds: float
    lease_seconds: float
    cookie_secure: bool
    couriers: Mapping[str, str] = field(repr=False)
    second_source: str = ""
    files_url: str = ""
    transfer_folder: Path | None = None
    transfer_medium: Path | None = None
    transfer_url: str = ""
    fixity_days: int = 365
    aws: Mapping[str, str] = field(default_factory=dict, repr=False)
    rare_font: Path | None = None
    proxies: int = 0
    printer_networks: Networks = field(default_factory=lambda: printing.networks(printing.PRIVATE))
    outside: Outside = field(default_factory=Outside)
    design: bool | None = None
    picture_megabytes: int = 20
    sealing: Sealing = field(default_factory=Sealing)

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Config:
        """Read `env` (usually os.environ); an empty value counts as unset. Raises ConfigError naming every fault."""
        values: dict[str, Any] = {"couriers": {n: v for n, v in env.items() if n.startswith(COURIER_PREFIX) and v}}
        values["aws"] = {one.name: env[one.name] for one in SETTINGS if one.field == "aws" and env.get(one.name)}
        problems = _unknown(env)
        for setting in SETTINGS:
            if setting.name.startswith((COURIER_PREFIX, AWS_PREFIX)):
                continue
            try:
                values[setting.field] = setting.read(env.get(setting.name) or setting.default)
            except ValueError as error:
                problems.append(f"{setting.name}: {error}")
        values["second_source"] = values["couriers"].get("COURIER_SECOND_SOURCE", "")
        problems += _second_source_problems(values) + _quota_problems(values["couriers"])
        values["sealing"] = Sealing(**{one.field: values.pop(one.field) for one in SEALING if one.field in values})
        values["outside"] = Outside(values.pop("channel_hosts", ()), values.pop("apprise_services", ()))
        if not problems:
            problems = _disagreements(values) + values["sealing"].problems()
        if problems:
            raise ConfigError(problems)
        return cls(**_derived(values))

    @property
    def is_embedded(self) -> bool:
        """True when no database URL is set, so that the embedded PostgreSQL serves."""
        return not (self.database_url or self.database_system_url or self.database_owner_url)

    @property
    def app_url(self) -> str:
        """URL of the role that row-level security binds. Raises ConfigError when it is not set."""
        return _needed("DATABASE_URL", self.database_url)

    @property
    def system_url(self) -> str:
        """URL of the scheduler's role. Raises ConfigError when it is not set."""
        return _needed("DATABASE_SYSTEM_URL", self.database_system_url)

    @property
    def owner_url(self) -> str:
        """URL of the role that owns the schema. Raises ConfigError when it is not set."""
        return _needed("DATABASE_OWNER_URL", self.database_owner_url)

    def with_database(self, app: str, system: str, owner: str) -> Config:
        """The same settings with these database URLs."""
        return dataclasses.replace(self, database_url=app, database_system_url=system, database_owner_url=owner)

    def with_couriers(self, couriers: Mapping[str, str]) -> Config:
        """The same settings with these couriers' settings."""
        return dataclasses.replace(
            self, couriers=couriers, second_source=couriers.get("COURIER_SECOND_SOURCE", "")
        )


def settings_table() -> str:
    """The table of README, in Markdown."""
    rows = ["| 名称 Name | 默认 Default | 含义 Meaning | 保密 Secret |", "|---|---|---|---|"]
    for setting in SETTINGS:
        default = f"`{setting.default}`" if setting.default else "—"
        mark = "是 yes" if setting.secret else ""
        rows.append(f"| `{setting.name}` | {default} | {setting.zh} {setting.en} | {mark} |")
    return "\n".join(rows)


def _needed(name: str, value: str | None) -> str:
    if value is None:
        raise ConfigError([f"{name}: 未设置 is not set"])
    return value


def _unknown(env: Mapping[str, str]) -> list[str]:
    known = {setting.name for setting in SETTINGS}
    return [
        f"{name}: 没有这个设置，是否拼写有误？ There is no such setting; is it misspelt?"
        for name in sorted(env)
        if name.startswith(OWN_PREFIX) and name not in known
    ]


def _second_source_problems(values: Mapping[str, Any]) -> list[str]:
    wanted = values["second_source"]
    if wanted not in SECOND_SOURCES:
        return [f"COURIER_SECOND_SOURCE: 应为 kuaidi100 或 kdniao must be kuaidi100 or kdniao: {wanted!r}"]
    if wanted and f"COURIER_{wanted.upper()}_URL" not in values["couriers"]:
        return [f"COURIER_SECOND_SOURCE: 还没有配置 {wanted} 的账户 no account of {wanted} is configured"]
    return []


def _quota_problems(env: Mapping[str, str]) -> list[str]:
    problems = []
    for code in sorted({found[1] for found in map(_QUOTA.fullmatch, env) if found}):
        try:
            quota.from_settings(env, code)
        except ValueError as error:
            problems.append(str(error))
    return problems


def _disagreements(values: Mapping[str, Any]) -> list[str]:
    problems = []
    if values["port"] == values["sandbox_port"]:
        problems.append("YOUDANG_SANDBOX_PORT: 与 YOUDANG_PORT 相同 is the same as YOUDANG_PORT")
    if values["rare_font"] and not values["rare_font"].is_file():
        problems.append(f"YOUDANG_RARE_FONT: 没有这个文件 there is no such file: {values['rare_font']}")
    if values["smtp_url"] and not values["mail_from"]:
        problems.append("YOUDANG_MAIL_FROM: 设置了 YOUDANG_SMTP_URL 就必须设置 is needed with YOUDANG_SMTP_URL")
    return problems


def _derived(values: dict[str, Any]) -> dict[str, Any]:
    """Defaults that follow from other settings."""
    secrets = values["var"] / "secrets"
    host = f"[{values['host']}]" if ":" in values["host"] else values["host"]
    values["transfer_folder"] = values["transfer_folder"] or values["var"] / "transfer"
    values["keyring_file"] = values["keyring_file"] or secrets / "keyring.json"
    values["checkpoint_key_file"] = values["checkpoint_key_file"] or secrets / "checkpoint.pem"
    values["base_url"] = values["base_url"] or f"http://{host}:{values['port']}"
    if values["cookie_secure"] is None:
        values["cookie_secure"] = values["base_url"].startswith("https://")
    return values


def _text(value: str) -> str | None:
    return value or None


def _postgres(value: str) -> str | None:
    if not value:
        return None
    scheme, _, rest = value.partition("://")
    if scheme not in ("postgres", "postgresql", "postgresql+psycopg") or not rest:
        raise ValueError("应为 postgresql://用户:密码@主机/库 must be postgresql://user:password@host/database")
    return DRIVER + rest


def _port(value: str) -> int:
    if not value.isascii() or not value.isdigit() or not 1 <= int(value) <= 65535:
        raise ValueError(f"应为 1–65535 的端口号 must be a port, 1 to 65535: {value!r}")
    return int(value)


def _seconds(value: str) -> float:
    try:
        seconds = float(value)
    except ValueError:
        seconds = -1
    if not 0 < seconds <= 86_400:
        raise ValueError(f"应为大于 0 且不超过 86400 的秒数 must be seconds, above 0 and up to 86400: {value!r}")
    return seconds


def _level(value: str) -> str:
    if value.lower() not in LOG_LEVELS:
        raise ValueError(f"应为其中之一 must be one of {', '.join(LOG_LEVELS)}: {value!r}")
    return value.lower()


def _bucket(value: str) -> str:
    parts = urlsplit(value)
    if value and (parts.scheme != "s3" or not parts.netloc or parts.query or parts.fragment):
        raise ValueError(f"应为 s3://桶/前缀 must be s3://bucket/prefix: {value!r}")
    return value.rstrip("/")


def _days(value: str) -> int:
    if not value.isascii() or not value.isdigit() or not 1 <= int(value) <= 3660:
        raise ValueError(f"应为 1–3660 的天数 must be days, 1 to 3660: {value!r}")
    return int(value)


def _proxies(value: str) -> int:
    if not (value.isascii() and value.isdigit() and int(value) <= 9):
        raise ValueError("须为 0 到 9 的整数 must be a whole number from 0 to 9")
    return int(value)


def _megabytes(value: str) -> int:
    if not value.isascii() or not value.isdigit() or not 1 <= int(value) <= 100:
        raise ValueError(f"应为 1–100 的兆字节数 must be megabytes, 1 to 100: {value!r}")
    return int(value)


def _smtp(value: str) -> str | None:
    if not value:
        return None
    parts = urlsplit(value)  # the value itself is never shown: it holds a password
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError("应为 smtp(s)://用户:密码@主机:端口 must be smtp(s)://user:password@host:port")
    return value


SETTINGS = (
    Setting("DATABASE_URL", "database_url", "", _postgres,
            "网页与接口所用的数据库（受行级安全约束的普通角色）；三个都不设则使用内置 PostgreSQL。",
            "Database for web and API, a plain role bound by row-level security; with none of the three set, "
            "the embedded PostgreSQL serves.", secret=True),
    Setting("DATABASE_SYSTEM_URL", "database_system_url", "", _postgres,
            "调度进程所用的数据库角色。", "Database role of the scheduler.", secret=True),
    Setting("DATABASE_OWNER_URL", "database_owner_url", "", _postgres,
            "拥有表结构的数据库角色，只用于迁移。", "Database role that owns the schema; used by migrations only.",
            secret=True),
    Setting("YOUDANG_VAR", "var", "var", _path,
            "数据目录：内置数据库、密钥、文件。", "Folder of data: embedded database, keys, files."),
    Setting("YOUDANG_POSTGRES_BIN", "postgres_bin", "", _path,
            "内置数据库改用此目录中的 PostgreSQL 程序（16 或更新）。",
            "Folder with the PostgreSQL programs (16 or newer) to use for the embedded database."),
    Setting("YOUDANG_HOST", "host", "127.0.0.1", str, "网页监听地址。", "Address the web listens on."),
    Setting("YOUDANG_PORT", "port", "8420", _port, "网页端口。", "Port of the web."),
    Setting("YOUDANG_SANDBOX_PORT", "sandbox_port", "8421", _port,
            "邮政沙箱端口（演示与培训）。", "Port of the courier sandbox (demo and training)."),
    Setting("YOUDANG_BASE_URL", "base_url", "", _site,
            "用户浏览器看到的地址；不设则由监听地址和端口得出。",
            "Address users see in the browser; unset, it follows from host and port."),
    Setting("YOUDANG_KEYRING_FILE", "keyring_file", "", _path,
            "密钥环文件（会话、个人信息加密、检索摘要）；不设则首次启动时生成 `secrets/keyring.json`。",
            "Keyring file (sessions, encryption of personal data, search digests); unset, `secrets/keyring.json` is "
            "made at first start."),
    Setting("YOUDANG_CHECKPOINT_KEY_FILE", "checkpoint_key_file", "", _path,
            "留痕检查点签名私钥（Ed25519，PEM）；不设则首次启动时生成 `secrets/checkpoint.pem`。",
            "Private key that signs ledger checkpoints (Ed25519, PEM); unset, `secrets/checkpoint.pem` is made at "
            "first start."),
    Setting("YOUDANG_SMTP_URL", "smtp_url", "", _smtp,
            "发送提醒邮件的服务器 `smtp(s)://用户:密码@主机:端口`；不设则不发邮件。",
            "Mail server for reminders, `smtp(s)://user:password@host:port`; unset, no mail is sent.", secret=True),
    Setting("YOUDANG_MAIL_FROM", "mail_from", "", _text, "提醒邮件的发件人。", "Sender of reminder mails."),
    Setting("YOUDANG_LOG_LEVEL", "log_level", "info", _level,
            "日志级别 debug、info、warning、error。", "Log level: debug, info, warning, error."),
    Setting("YOUDANG_TICK_SECONDS", "tick_seconds", "5", _seconds,
            "调度进程查看待办的间隔（秒）。", "Seconds between two looks of the scheduler at what is due."),
    Setting("YOUDANG_CHECKPOINT_SECONDS", "checkpoint_seconds", "300", _seconds,
            "两次留痕检查点之间的秒数。", "Seconds between two ledger checkpoints."),
    Setting("YOUDANG_LEASE_SECONDS", "lease_seconds", "60", _seconds,
            "调度进程领取一件外呼后的占用时间（秒），到期由其他进程接手。",
            "Seconds an errand stays with the scheduler that took it before another may."),
    Setting("YOUDANG_PROXIES", "proxies", "0", _proxies,
            "网页前面有几层自己的反向代理；据此认出访问者的地址，0 为不信任何转发头。",
            "Proxies of your own before the web: by that a visitor's address is known. 0 trusts no header."),
    Setting("YOUDANG_COOKIE_SECURE", "cookie_secure", "", _yes_or_no,
            "会话 Cookie 只经 HTTPS 发送（yes/no）；不设则按 YOUDANG_BASE_URL 判断。",
            "Send the session cookie over HTTPS only (yes/no); unset, YOUDANG_BASE_URL decides."),
    Setting("YOUDANG_DESIGN", "design", "", _yes_or_no,
            "提供设计样张 `/design`（yes/no），开发用；不设则没有这一页。",
            "Offer the sheet of components `/design` (yes/no), for developers; unset, there is no such page."),
    Setting("YOUDANG_PRINTER_NETWORKS", "printer_networks", printing.PRIVATE, printing.networks,
            "网络打印机可在的网段，逗号分隔；不在其中的地址不连接。",
            "Networks in which printers may stand, separated by commas; no other address is ever connected to."),
    Setting("YOUDANG_CHANNEL_HOSTS", "channel_hosts", "", webhooks.hosts,
            "通知渠道除钉钉、企业微信、飞书的公有云主机外还可连接的主机（专有部署、短信网关），逗号分隔，"
            "可写 `主机:端口`；列出的本机地址可用 http。",
            "Hosts that channels of notices may call besides the public ones of DingTalk, WeCom and Feishu (private "
            "deployments, SMS bridge), separated by commas, `host:port` allowed; a listed loopback may be http."),
    Setting("YOUDANG_APPRISE_SERVICES", "apprise_services", "", webhooks.services,
            "通知渠道可经 Apprise 使用的其他服务（其地址的开头，如 `lark,ntfys`），逗号分隔；不设则不提供。",
            "Further services that channels may use through Apprise (how its addresses begin, such as `lark,ntfys`), "
            "separated by commas; unset, none is offered."),
    Setting("YOUDANG_RARE_FONT", "rare_font", "", _path,
            "已安装的补充字库（TrueType，如 BabelStone Han），用于 GB 18030-2022 修改单的生僻字；不设则这些字不能印，"
            "会指明是哪个字。",
            "A further installed font (TrueType, such as BabelStone Han) for characters of the amendments to "
            "GB 18030-2022; unset, these are refused by name."),
    Setting("YOUDANG_FILES_URL", "files_url", "", _bucket,
            "纸张和归档信息包存放处 `s3://桶/前缀`；不设则存放在数据目录的 `files`。",
            "Where papers and packages are kept, `s3://bucket/prefix`; unset, in `files` of the data folder."),
    Setting("YOUDANG_FIXITY_DAYS", "fixity_days", "365", _days,
            "每个存放的文件至少多少天重读核对一次。",
            "Every stored file is read again and compared once in so many days."),
    Setting("YOUDANG_PICTURE_MEGABYTES", "picture_megabytes", "20", _megabytes,
            "原件的一张照片或一份扫描件最大多少兆字节。", "Most megabytes of one photo or scan of an original."),
    Setting("YOUDANG_TRANSFER_FOLDER", "transfer_folder", "", _path,
            "移交批次写入的交换目录；不设则为数据目录的 `transfer`。",
            "Folder into which batches for the archive are written; unset, `transfer` of the data folder."),
    Setting("YOUDANG_TRANSFER_MEDIUM", "transfer_medium", "", _path,
            "移交用离线载体挂载的目录；不设则不提供离线载体。",
            "Where the medium for hand-overs is mounted; unset, no medium is offered."),
    Setting("YOUDANG_TRANSFER_URL", "transfer_url", "", _bucket,
            "移交用的对象存储 `s3://桶/前缀`，桶须开启对象锁定；不设则不提供。",
            "Bucket for hand-overs, `s3://bucket/prefix`, made with object lock; unset, none is offered."),
    Setting("AWS_ENDPOINT_URL", "aws", "", str,
            "对象存储的地址；不设则为 AWS。", "Address of the object store; unset, AWS."),
    Setting("AWS_REGION", "aws", "", str, "对象存储的区域。", "Region of the object store."),
    Setting("AWS_ACCESS_KEY_ID", "aws", "", str,
            "对象存储的访问密钥编号；不设则用所在主机的角色。",
            "Access key of the object store; unset, the role of the host."),
    Setting("AWS_SECRET_ACCESS_KEY", "aws", "", str, "对象存储的访问密钥。", "Secret key of the object store.",
            secret=True),
    Setting("COURIER_SECOND_SOURCE", "couriers", "", str,
            "为 EMS、顺丰的邮件另向哪个聚合平台核对轨迹：`kuaidi100` 或 `kdniao`；不设则不核对。",
            "The aggregator that is also asked about EMS and SF waybills, `kuaidi100` or `kdniao`; unset, none is."),
    Setting("COURIER_<CODE>_CALLS_PER_MINUTE", "couriers", "", str,
            "某快递账户每分钟最多调用次数（`<CODE>` 如 EMS、SF、KUAIDI100）；不设则不限。其中五分之一留给下单。",
            "Most calls a minute to a courier's account (`<CODE>` such as EMS, SF, KUAIDI100); unset, no limit. "
            "A fifth is kept for orders."),
    Setting("COURIER_<CODE>_CALLS_PER_DAY", "couriers", "", str,
            "某快递账户每天（北京时间）最多调用次数；不设则不限。",
            "Most calls a day (China time) to a courier's account; unset, no limit."),
    Setting("COURIER_EMS_URL", "couriers", "", str, "EMS 接口地址。", "Address of the EMS interface."),
    Setting("COURIER_EMS_SENDER_NO", "couriers", "", str, "EMS 协议客户代码。", "Our customer number at EMS."),
    Setting("COURIER_EMS_AUTHORIZATION", "couriers", "", str, "EMS 授权码。", "EMS authorisation code.", secret=True),
    Setting("COURIER_EMS_SIGN_KEY", "couriers", "", str, "EMS 签名与加密密钥。", "EMS key for signing and encryption.",
            secret=True),
    Setting("COURIER_EMS_PRODUCT", "couriers", "1", str, "EMS 业务产品代码。", "EMS product code."),
    Setting("COURIER_EMS_TIMEZONE", "couriers", "Asia/Shanghai", str,
            "EMS 报文时间的时区。", "Zone of the times in EMS messages."),
    Setting("COURIER_SF_URL", "couriers", "", str, "顺丰丰桥接口地址。", "Address of the SF interface."),
    Setting("COURIER_SF_PARTNER_ID", "couriers", "", str, "顺丰顾客编码。", "Our partner id at SF."),
    Setting("COURIER_SF_CHECKWORD", "couriers", "", str, "顺丰校验码。", "SF check word.", secret=True),
    Setting("COURIER_SF_MONTHLY_CARD", "couriers", "", str, "顺丰月结卡号。", "Our SF monthly account.", secret=True),
    Setting("COURIER_KUAIDI100_URL", "couriers", "", str, "快递100 接口地址。", "Address of the kuaidi100 interface."),
    Setting("COURIER_KUAIDI100_KEY", "couriers", "", str, "快递100 授权 key。", "kuaidi100 key.", secret=True),
    Setting("COURIER_KUAIDI100_CUSTOMER", "couriers", "", str, "快递100 客户编号。", "Our customer id at kuaidi100."),
    Setting("COURIER_KUAIDI100_SECRET", "couriers", "", str, "快递100 电子面单 secret。", "kuaidi100 label secret.",
            secret=True),
    Setting("COURIER_KUAIDI100_SALT", "couriers", "", str, "快递100 推送签名的盐。",
            "Salt of kuaidi100's push signature.", secret=True),
    Setting("COURIER_KDNIAO_URL", "couriers", "", str, "快递鸟接口地址。", "Address of the KDNiao interface."),
    Setting("COURIER_KDNIAO_EBUSINESS_ID", "couriers", "", str, "快递鸟用户编号。", "Our KDNiao account."),
    Setting("COURIER_KDNIAO_APP_KEY", "couriers", "", str, "快递鸟密钥。", "KDNiao key.", secret=True),
    Setting("COURIER_JDL_URL", "couriers", "", str, "京东物流接口地址。", "Address of the JDL interface."),
    Setting("COURIER_JDL_APP_KEY", "couriers", "", str, "京东物流应用编号。", "JDL app key."),
    Setting("COURIER_JDL_APP_SECRET", "couriers", "", str, "京东物流应用密钥。", "JDL app secret.", secret=True),
    Setting("COURIER_JDL_ACCESS_TOKEN", "couriers", "", str, "京东物流访问令牌。", "JDL access token.", secret=True),
    Setting("COURIER_JDL_CUSTOMER_CODE", "couriers", "", str, "京东物流商家编码。", "Our customer code at JDL."),
    Setting("COURIER_CAINIAO_URL", "couriers", "", str, "菜鸟接口地址。", "Address of the Cainiao interface."),
    Setting("COURIER_CAINIAO_PROVIDER_ID", "couriers", "", str, "菜鸟物流商编号。", "Provider id at Cainiao.",
            secret=True),
    Setting("COURIER_CAINIAO_APP_CODE", "couriers", "", str, "菜鸟应用编号。", "Cainiao app code."),
    Setting("COURIER_CAINIAO_APP_SECRET", "couriers", "", str, "菜鸟应用密钥。", "Cainiao app secret.", secret=True),
    *SEALING,
)  # fmt: skip

if __name__ == "__main__":
    print(settings_table())
