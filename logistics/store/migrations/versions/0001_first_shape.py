"""The first shape: every table, who may see its rows, and what is never changed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from logistics.store.migrations.policies import statements

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make all tables as the owner, then bind the roles."""

    op.create_table(
        "agency",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("short_name", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("region_code", sa.String(length=6), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("uscc", sa.String(length=18), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("postcode", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("receiving_hours", sa.String(), nullable=False),
        sa.Column("fonds_no", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["parent_id"],
            ["agency.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
        sa.UniqueConstraint("uscc"),
    )
    op.create_index(op.f("ix_agency_parent_id"), "agency", ["parent_id"], unique=False)
    op.create_index(op.f("ix_agency_path"), "agency", ["path"], unique=False)
    op.create_index(op.f("ix_agency_region_code"), "agency", ["region_code"], unique=False)
    op.create_table(
        "checkpoint",
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root", sa.String(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("public_key", sa.String(), nullable=False),
        sa.Column("signature", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("size"),
    )
    op.create_index("ix_checkpoint_newest", "checkpoint", [sa.literal_column("size DESC")], unique=False)
    op.create_table(
        "command",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("verb", sa.String(), nullable=False),
        sa.Column("request_sha256", sa.String(), nullable=False),
        sa.Column("result", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", "actor"),
    )
    op.create_table(
        "inbox",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("courier", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("body_sha256", sa.String(), nullable=False),
        sa.Column("headers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("parked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("digest"),
    )
    op.create_index(op.f("ix_inbox_body_sha256"), "inbox", ["body_sha256"], unique=False)
    op.create_index(
        "ix_inbox_unread",
        "inbox",
        ["received_at"],
        unique=False,
        postgresql_where=sa.text("read_at IS NULL AND parked_at IS NULL"),
    )
    op.create_table(
        "log_node",
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("idx", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "idx"),
    )
    op.create_table(
        "region",
        sa.Column("code", sa.String(length=6), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("code", "valid_from"),
    )
    op.create_table(
        "service_item",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("promised_days", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
    )
    op.create_table(
        "agreement",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("no", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sender_agency_id", sa.BigInteger(), nullable=False),
        sa.Column("receiver_agency_id", sa.BigInteger(), nullable=False),
        sa.Column("powers", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("payer", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["receiver_agency_id"],
            ["agency.id"],
        ),
        sa.ForeignKeyConstraint(
            ["sender_agency_id"],
            ["agency.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("no"),
    )
    op.create_index(op.f("ix_agreement_receiver_agency_id"), "agreement", ["receiver_agency_id"], unique=False)
    op.create_index(op.f("ix_agreement_sender_agency_id"), "agreement", ["sender_agency_id"], unique=False)
    op.create_table(
        "dossier_counter",
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"],
            ["agency.id"],
        ),
        sa.PrimaryKeyConstraint("agency_id", "year"),
    )
    op.create_table(
        "material",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "form",
            sa.Enum("original", "certified_copy", "copy", name="form", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("medium", sa.String(), nullable=False),
        sa.Column("review_points", sa.String(), nullable=False),
        sa.Column("original_wanted", sa.Boolean(), nullable=False),
        sa.Column("e_certificate_shared", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"],
            ["service_item.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_material_item_id"), "material", ["item_id"], unique=False)
    op.create_table(
        "officer",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("roles", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("failed_log_ins", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_id"],
            ["agency.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("login"),
    )
    op.create_index(op.f("ix_officer_agency_id"), "officer", ["agency_id"], unique=False)
    op.create_table(
        "agreement_item",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("agreement_id", sa.BigInteger(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["agreement.id"],
        ),
        sa.ForeignKeyConstraint(
            ["item_id"],
            ["service_item.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("agreement_id", "item_id"),
    )
    op.create_index(op.f("ix_agreement_item_agreement_id"), "agreement_item", ["agreement_id"], unique=False)
    op.create_index(op.f("ix_agreement_item_item_id"), "agreement_item", ["item_id"], unique=False)
    op.create_table(
        "api_client",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("officer_id", sa.BigInteger(), nullable=False),
        sa.Column("token_sha256", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["officer_id"],
            ["officer.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_sha256"),
    )
    op.create_index(op.f("ix_api_client_officer_id"), "api_client", ["officer_id"], unique=False)
    op.create_table(
        "dossier",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("no", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sender_agency_id", sa.BigInteger(), nullable=False),
        sa.Column("receiver_agency_id", sa.BigInteger(), nullable=False),
        sa.Column("agreement_id", sa.BigInteger(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("case_no", sa.String(), nullable=False),
        sa.Column(
            "mode",
            sa.Enum("accept_elsewhere", "joint", "online", name="mode", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column(
            "scope",
            sa.Enum("city", "province", "cross", name="lanescope", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("applicant_name_sealed", sa.String(), nullable=False),
        sa.Column("applicant_name_digest", sa.String(), nullable=False),
        sa.Column("applicant_id_sealed", sa.String(), nullable=False),
        sa.Column("applicant_id_digest", sa.String(), nullable=False),
        sa.Column("applicant_phone_sealed", sa.String(), nullable=False),
        sa.Column("agent_name_sealed", sa.String(), nullable=True),
        sa.Column("agent_id_sealed", sa.String(), nullable=True),
        sa.Column("agent_phone_sealed", sa.String(), nullable=True),
        sa.Column("consent_sha256", sa.String(), nullable=False),
        sa.Column("consent_signed_on", sa.Date(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.BigInteger(), nullable=False),
        sa.Column(
            "decision",
            sa.Enum("approved", "refused", "doubtful", name="decisionresult", native_enum=False, length=32),
            nullable=True,
        ),
        sa.Column("decision_note", sa.String(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["agreement.id"],
        ),
        sa.ForeignKeyConstraint(
            ["closed_by"],
            ["officer.id"],
        ),
        sa.ForeignKeyConstraint(
            ["item_id"],
            ["service_item.id"],
        ),
        sa.ForeignKeyConstraint(
            ["opened_by"],
            ["officer.id"],
        ),
        sa.ForeignKeyConstraint(
            ["receiver_agency_id"],
            ["agency.id"],
        ),
        sa.ForeignKeyConstraint(
            ["sender_agency_id"],
            ["agency.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("no"),
        sa.UniqueConstraint("sender_agency_id", "year", "number"),
    )
    op.create_index(op.f("ix_dossier_agreement_id"), "dossier", ["agreement_id"], unique=False)
    op.create_index(op.f("ix_dossier_applicant_id_digest"), "dossier", ["applicant_id_digest"], unique=False)
    op.create_index(op.f("ix_dossier_applicant_name_digest"), "dossier", ["applicant_name_digest"], unique=False)
    op.create_index(op.f("ix_dossier_case_no"), "dossier", ["case_no"], unique=False)
    op.create_index(op.f("ix_dossier_closed_at"), "dossier", ["closed_at"], unique=False)
    op.create_index(op.f("ix_dossier_item_id"), "dossier", ["item_id"], unique=False)
    op.create_index(op.f("ix_dossier_opened_at"), "dossier", ["opened_at"], unique=False)
    op.create_index(
        "ix_dossier_receiver_newest", "dossier", ["receiver_agency_id", sa.literal_column("id DESC")], unique=False
    )
    op.create_index(
        "ix_dossier_sender_newest", "dossier", ["sender_agency_id", sa.literal_column("id DESC")], unique=False
    )
    op.create_table(
        "login_session",
        sa.Column("token_sha256", sa.String(), nullable=False),
        sa.Column("officer_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["officer_id"],
            ["officer.id"],
        ),
        sa.PrimaryKeyConstraint("token_sha256"),
    )
    op.create_index(op.f("ix_login_session_officer_id"), "login_session", ["officer_id"], unique=False)
    op.create_table(
        "consignment",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("no", sa.String(), nullable=False),
        sa.Column(
            "direction", sa.Enum("outbound", "return", name="direction", native_enum=False, length=32), nullable=False
        ),
        sa.Column("from_agency_id", sa.BigInteger(), nullable=False),
        sa.Column("to_agency_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "packing",
                "sealed",
                "booking",
                "booked",
                "on_the_way",
                "delivered",
                "received",
                "returned",
                "lost",
                "voided",
                name="stage",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("seal_no", sa.String(), nullable=False),
        sa.Column("manifest_sha256", sa.String(), nullable=False),
        sa.Column("courier", sa.String(), nullable=False),
        sa.Column("waybill_no", sa.String(), nullable=False),
        sa.Column("route_code", sa.String(), nullable=False),
        sa.Column("destination_mark", sa.String(), nullable=False),
        sa.Column("package_name", sa.String(), nullable=False),
        sa.Column("refusal", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sealed_by", sa.BigInteger(), nullable=True),
        sa.Column("dispatched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("picked_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_by", sa.BigInteger(), nullable=True),
        sa.Column("seal_found", sa.String(), nullable=False),
        sa.Column("polled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("stage = 'packing' OR stage = 'voided' OR seal_no <> ''", name="sealed_has_a_seal"),
        sa.ForeignKeyConstraint(
            ["created_by"],
            ["officer.id"],
        ),
        sa.ForeignKeyConstraint(
            ["dossier_id"],
            ["dossier.id"],
        ),
        sa.ForeignKeyConstraint(
            ["from_agency_id"],
            ["agency.id"],
        ),
        sa.ForeignKeyConstraint(
            ["received_by"],
            ["officer.id"],
        ),
        sa.ForeignKeyConstraint(
            ["sealed_by"],
            ["officer.id"],
        ),
        sa.ForeignKeyConstraint(
            ["to_agency_id"],
            ["agency.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("dossier_id", "seq"),
        sa.UniqueConstraint("no"),
    )
    op.create_index(op.f("ix_consignment_dossier_id"), "consignment", ["dossier_id"], unique=False)
    op.create_index(op.f("ix_consignment_from_agency_id"), "consignment", ["from_agency_id"], unique=False)
    op.create_index(op.f("ix_consignment_seal_no"), "consignment", ["seal_no"], unique=False)
    op.create_index(op.f("ix_consignment_to_agency_id"), "consignment", ["to_agency_id"], unique=False)
    op.create_index(op.f("ix_consignment_waybill_no"), "consignment", ["waybill_no"], unique=False)
    op.create_index(
        "uq_consignment_waybill",
        "consignment",
        ["courier", "waybill_no"],
        unique=True,
        postgresql_where=sa.text("waybill_no <> '' AND courier <> 'manual' AND stage NOT IN ('received', 'voided')"),
    )
    op.create_index(
        "uq_consignment_form",
        "consignment",
        ["from_agency_id", "waybill_no"],
        unique=True,
        postgresql_where=sa.text("waybill_no <> '' AND courier = 'manual'"),
    )
    op.create_table(
        "ledger_entry",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("actor_name", sa.String(), nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("command_id", sa.String(), nullable=True),
        sa.Column("prev_hash", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dossier_id"],
            ["dossier.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("dossier_id", "seq"),
    )
    op.create_table(
        "original",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("material_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("number_sealed", sa.String(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("holder_name_sealed", sa.String(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("copies", sa.Integer(), nullable=False),
        sa.Column(
            "form",
            sa.Enum("original", "certified_copy", "copy", name="form", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("irreplaceable", sa.Boolean(), nullable=False),
        sa.Column("must_return", sa.Boolean(), nullable=False),
        sa.Column(
            "secrecy",
            sa.Enum("none", "confidential", "secret", "top_secret", name="secrecy", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("official_document", sa.Boolean(), nullable=False),
        sa.Column("unlisted", sa.Boolean(), nullable=False),
        sa.Column("listed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["dossier_id"],
            ["dossier.id"],
        ),
        sa.ForeignKeyConstraint(
            ["material_id"],
            ["material.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
        sa.UniqueConstraint("dossier_id", "seq"),
    )
    op.create_index(op.f("ix_original_dossier_id"), "original", ["dossier_id"], unique=False)
    op.create_table(
        "custody",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("original_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("consignment_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "from_kind",
            sa.Enum("applicant", "officer", "department", "unknown", name="holderkind", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("from_name", sa.String(), nullable=False),
        sa.Column("from_agency_id", sa.BigInteger(), nullable=True),
        sa.Column("from_officer_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "to_kind",
            sa.Enum("applicant", "officer", "department", "unknown", name="holderkind", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("to_name", sa.String(), nullable=False),
        sa.Column("to_agency_id", sa.BigInteger(), nullable=True),
        sa.Column("to_officer_id", sa.BigInteger(), nullable=True),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("manifest_sha256", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["consignment_id"],
            ["consignment.id"],
        ),
        sa.ForeignKeyConstraint(
            ["dossier_id"],
            ["dossier.id"],
        ),
        sa.ForeignKeyConstraint(
            ["from_agency_id"],
            ["agency.id"],
        ),
        sa.ForeignKeyConstraint(
            ["from_officer_id"],
            ["officer.id"],
        ),
        sa.ForeignKeyConstraint(
            ["original_id"],
            ["original.id"],
        ),
        sa.ForeignKeyConstraint(
            ["to_agency_id"],
            ["agency.id"],
        ),
        sa.ForeignKeyConstraint(
            ["to_officer_id"],
            ["officer.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("original_id", "seq"),
    )
    op.create_index(op.f("ix_custody_consignment_id"), "custody", ["consignment_id"], unique=False)
    op.create_index(op.f("ix_custody_dossier_id"), "custody", ["dossier_id"], unique=False)
    op.create_index(op.f("ix_custody_original_id"), "custody", ["original_id"], unique=False)
    op.create_table(
        "deadline",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("consignment_id", sa.BigInteger(), nullable=True),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("leg", sa.String(), nullable=False),
        sa.Column("owner_agency_id", sa.BigInteger(), nullable=False),
        sa.Column("owner_officer_id", sa.BigInteger(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("policy", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("calendar_version", sa.String(), nullable=False),
        sa.Column("explanation", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("met_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("waived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("waived_by", sa.BigInteger(), nullable=True),
        sa.Column("waiver_reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consignment_id"],
            ["consignment.id"],
        ),
        sa.ForeignKeyConstraint(
            ["dossier_id"],
            ["dossier.id"],
        ),
        sa.ForeignKeyConstraint(
            ["owner_agency_id"],
            ["agency.id"],
        ),
        sa.ForeignKeyConstraint(
            ["owner_officer_id"],
            ["officer.id"],
        ),
        sa.ForeignKeyConstraint(
            ["waived_by"],
            ["officer.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("dossier_id", "key"),
    )
    op.create_index(op.f("ix_deadline_consignment_id"), "deadline", ["consignment_id"], unique=False)
    op.create_index(op.f("ix_deadline_dossier_id"), "deadline", ["dossier_id"], unique=False)
    op.create_index(
        "ix_deadline_open",
        "deadline",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("met_at IS NULL AND waived_at IS NULL"),
    )
    op.create_index(op.f("ix_deadline_owner_agency_id"), "deadline", ["owner_agency_id"], unique=False)
    op.create_index(op.f("ix_deadline_owner_officer_id"), "deadline", ["owner_officer_id"], unique=False)
    op.create_table(
        "discrepancy",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("consignment_id", sa.BigInteger(), nullable=True),
        sa.Column("original_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "missing",
                "extra",
                "wrong",
                "damaged",
                "illegible",
                "empty",
                "seal",
                "unrecognised_code",
                "odd_movement",
                "delivery_disputed",
                "lost",
                "returned",
                name="discrepancykind",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.BigInteger(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.BigInteger(), nullable=True),
        sa.Column(
            "resolution",
            sa.Enum(
                "followed",
                "found",
                "accepted",
                "sent_back",
                "replaced",
                "explained",
                "withdrawn",
                name="resolution",
                native_enum=False,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("settlement_note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consignment_id"],
            ["consignment.id"],
        ),
        sa.ForeignKeyConstraint(
            ["dossier_id"],
            ["dossier.id"],
        ),
        sa.ForeignKeyConstraint(
            ["opened_by"],
            ["officer.id"],
        ),
        sa.ForeignKeyConstraint(
            ["original_id"],
            ["original.id"],
        ),
        sa.ForeignKeyConstraint(
            ["settled_by"],
            ["officer.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("dossier_id", "key"),
    )
    op.create_index(op.f("ix_discrepancy_consignment_id"), "discrepancy", ["consignment_id"], unique=False)
    op.create_index(op.f("ix_discrepancy_dossier_id"), "discrepancy", ["dossier_id"], unique=False)
    op.create_index(op.f("ix_discrepancy_original_id"), "discrepancy", ["original_id"], unique=False)
    op.create_table(
        "errand",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=True),
        sa.Column("consignment_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum("book", "cancel", "track", "notify", name="errandkind", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("parked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consignment_id"],
            ["consignment.id"],
        ),
        sa.ForeignKeyConstraint(
            ["dossier_id"],
            ["dossier.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    op.create_index(op.f("ix_errand_consignment_id"), "errand", ["consignment_id"], unique=False)
    op.create_index(op.f("ix_errand_dossier_id"), "errand", ["dossier_id"], unique=False)
    op.create_index(
        "ix_errand_due",
        "errand",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("done_at IS NULL AND parked_at IS NULL"),
    )
    op.create_table(
        "exchange",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("consignment_id", sa.BigInteger(), nullable=False),
        sa.Column("operation", sa.String(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["consignment_id"],
            ["consignment.id"],
        ),
        sa.ForeignKeyConstraint(
            ["dossier_id"],
            ["dossier.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("consignment_id", "sha256"),
    )
    op.create_index(op.f("ix_exchange_consignment_id"), "exchange", ["consignment_id"], unique=False)
    op.create_index(op.f("ix_exchange_dossier_id"), "exchange", ["dossier_id"], unique=False)
    op.create_table(
        "log_leaf",
        sa.Column("leaf", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["ledger_entry.id"],
        ),
        sa.PrimaryKeyConstraint("leaf"),
    )
    op.create_index("ix_log_leaf_entry", "log_leaf", ["entry_id"], unique=True)
    op.create_table(
        "log_pending",
        sa.Column("entry_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["ledger_entry.id"],
        ),
        sa.PrimaryKeyConstraint("entry_id"),
    )
    op.create_table(
        "packed",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("consignment_id", sa.BigInteger(), nullable=False),
        sa.Column("original_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "unchecked",
                "received",
                "damaged",
                "missing",
                "wrong",
                "illegible",
                "moved",
                name="outcome",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked_by", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["checked_by"],
            ["officer.id"],
        ),
        sa.ForeignKeyConstraint(
            ["consignment_id"],
            ["consignment.id"],
        ),
        sa.ForeignKeyConstraint(
            ["dossier_id"],
            ["dossier.id"],
        ),
        sa.ForeignKeyConstraint(
            ["original_id"],
            ["original.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("consignment_id", "original_id"),
    )
    op.create_index(op.f("ix_packed_consignment_id"), "packed", ["consignment_id"], unique=False)
    op.create_index(op.f("ix_packed_dossier_id"), "packed", ["dossier_id"], unique=False)
    op.create_index(op.f("ix_packed_original_id"), "packed", ["original_id"], unique=False)
    op.create_index("uq_packed_open", "packed", ["original_id"], unique=True, postgresql_where=sa.text("open"))
    op.create_table(
        "paper",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("consignment_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("no", sa.String(), nullable=False),
        sa.Column("copy_no", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["consignment_id"],
            ["consignment.id"],
        ),
        sa.ForeignKeyConstraint(
            ["dossier_id"],
            ["dossier.id"],
        ),
        sa.ForeignKeyConstraint(
            ["made_by"],
            ["officer.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("dossier_id", "no"),
    )
    op.create_index(op.f("ix_paper_consignment_id"), "paper", ["consignment_id"], unique=False)
    op.create_index(op.f("ix_paper_dossier_id"), "paper", ["dossier_id"], unique=False)
    op.create_table(
        "tracking",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("consignment_id", sa.BigInteger(), nullable=False),
        sa.Column("natural_key", sa.String(), nullable=False),
        sa.Column("courier", sa.String(), nullable=False),
        sa.Column("waybill_no", sa.String(), nullable=False),
        sa.Column(
            "milestone",
            sa.Enum(
                "order_created",
                "picked_up",
                "in_transit",
                "arrived",
                "out_for_delivery",
                "attempted",
                "available",
                "delivered",
                "returning",
                "returned",
                "held",
                "damaged",
                "lost",
                "cancelled",
                "info",
                "unrecognised",
                name="milestone",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "reason",
            sa.Enum(
                "refused",
                "unreachable",
                "address",
                "damaged",
                "held",
                "customs",
                "in_locker",
                "at_station",
                "at_counter",
                "signed_by_addressee",
                "signed_by_other",
                "mailroom",
                "postponed",
                "withdrawn",
                "compensated",
                "force_majeure",
                "other",
                name="reason",
                native_enum=False,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("detail_code", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("voids", sa.String(), nullable=True),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("raw_sha256", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consignment_id"],
            ["consignment.id"],
        ),
        sa.ForeignKeyConstraint(
            ["dossier_id"],
            ["dossier.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("natural_key"),
    )
    op.create_index(op.f("ix_tracking_consignment_id"), "tracking", ["consignment_id"], unique=False)
    op.create_index(op.f("ix_tracking_dossier_id"), "tracking", ["dossier_id"], unique=False)
    op.create_index(op.f("ix_tracking_happened_at"), "tracking", ["happened_at"], unique=False)
    op.create_table(
        "notice",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("officer_id", sa.BigInteger(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("deadline_id", sa.BigInteger(), nullable=True),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("zh", sa.String(), nullable=False),
        sa.Column("en", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_id"],
            ["agency.id"],
        ),
        sa.ForeignKeyConstraint(
            ["deadline_id"],
            ["deadline.id"],
        ),
        sa.ForeignKeyConstraint(
            ["dossier_id"],
            ["dossier.id"],
        ),
        sa.ForeignKeyConstraint(
            ["officer_id"],
            ["officer.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("officer_id", "key"),
    )
    op.create_index(op.f("ix_notice_agency_id"), "notice", ["agency_id"], unique=False)
    op.create_index(op.f("ix_notice_deadline_id"), "notice", ["deadline_id"], unique=False)
    op.create_index(op.f("ix_notice_dossier_id"), "notice", ["dossier_id"], unique=False)
    op.create_index(op.f("ix_notice_officer_id"), "notice", ["officer_id"], unique=False)
    op.create_table(
        "rung",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("deadline_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("fires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["deadline_id"],
            ["deadline.id"],
        ),
        sa.ForeignKeyConstraint(
            ["dossier_id"],
            ["dossier.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("deadline_id", "name"),
    )
    op.create_index(op.f("ix_rung_deadline_id"), "rung", ["deadline_id"], unique=False)
    op.create_index(op.f("ix_rung_dossier_id"), "rung", ["dossier_id"], unique=False)
    op.create_index(
        "ix_rung_due",
        "rung",
        ["fires_at"],
        unique=False,
        postgresql_where=sa.text("fired_at IS NULL AND dropped_at IS NULL"),
    )

    for statement in statements():
        op.execute(statement)


def downgrade() -> None:
    """There is nothing before the first shape."""
    raise NotImplementedError("the first shape has no predecessor: restore a backup instead")
