"""Send papers to network printers: made and proven in one transaction, sent by the scheduler, witnessed when sent."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, cast

from sqlmodel import select

from labels.papers import Paper as Drawn
from labels.printers.press import Language, press
from logistics.actor import SYSTEM, Actor
from logistics.decision import Errand as Owed
from logistics.decision import Fact, Json
from logistics.errors import Malformed, NotAllowed, NotYours, Rejected, Said
from logistics.rules.printing import MOST_COPIES, stocks_for
from logistics.services.papers.making import REFUSALS, Made, pdf_of, refused
from logistics.services.papers.trial import trial
from logistics.services.papers.verbs import Wanted, make_all
from logistics.store import printing, queues
from logistics.store.context import Context
from logistics.store.work import Work, reading, work
from logistics.tables import Dossier, Errand, Paper, Printer, PrintJob
from logistics.terms import ErrandKind, PrinterLanguage, Role

PRINTED, DROPPED = "paper:printed", "paper:print_dropped"
MOST_AT_ONCE = 40  # papers in one act: each is drawn, decoded and compared while the officer waits
TEST = "test"


def send(
    ctx: Context, actor: Actor, command_id: str, printer_id: int, wanted: Sequence[Wanted], copies: int = 1
) -> dict[str, Any]:
    """These papers are made and owed to the printer in this order, all or none: `{"jobs": [id, …], "papers": [no, …]}`.

    Raises `NotYours`, `NotAllowed`; `Rejected` for a printer that is switched off or holds other paper, for a paper
    that cannot be made or does not read back from its own dots; `Malformed` for too many.
    """
    _require_few(wanted, copies)
    with work(ctx, actor, "print", command_id) as w:
        if w.done is not None:
            return w.done
        printer = _own(w, actor, printer_id)
        for one in wanted:
            _require_fit(printer, one.kind)
        made = make_all(w, wanted, printer.stock)
        jobs = [_owe(w, printer, one, copies, place) for place, one in enumerate(made)]
        return w.finish(jobs=[job.id for job in jobs], papers=[one.row.no for one in made])


def send_test(ctx: Context, actor: Actor, command_id: str, printer_id: int) -> dict[str, Any]:
    """A specimen in the printer's own size is owed to it: `{"job": id}`. For its administrator, and whoever prints."""
    with work(ctx, actor, "print_test", command_id) as w:
        if w.done is not None:
            return w.done
        printer = printing.printer(w.session, printer_id)
        if not actor.roles & {Role.ADMINISTRATOR, Role.WINDOW, Role.RECEIVER}:
            raise NotAllowed("试打由系统管理或窗口、收件人员进行。", "Ask an officer or the administrator.", "role")
        _require_on(printer)
        number = f"TEST-{printer.id}"
        content = _pressed(printer, (trial(printer, number, w.now),), TEST)
        key = f"print:test:{printer.id}:{command_id}"
        job = _job(w, printer, key, {"paper_no": number, "kind": TEST, "copies": 1}, content)
        w.owe(_errand(job, printer, w, 0))
        return w.finish(job=job.id)


def retry(ctx: Context, actor: Actor, command_id: str, job_id: int) -> dict[str, Any]:
    """The parked job is sent again now. Raises `NotYours`, `Rejected` (rule "not_parked")."""
    with work(ctx, actor, "retry_print", command_id) as w:
        if w.done is not None:
            return w.done
        job, errand = _open(w, actor, job_id)
        if not queues.unpark_errand(w.session, cast(int, errand.id), w.now):
            raise Rejected(
                "这份单据没有停下，系统会自行再送。请刷新页面。",
                "This job is not parked; it is being sent without you.",
                "not_parked",
            )
        dossier = _dossier(w, job)
        if dossier is not None:
            w.record(dossier, Fact("errand:retried", "", {"errand": errand.key, "kind": errand.kind.value}))
        return w.finish(job=job.id)


def drop(ctx: Context, actor: Actor, command_id: str, job_id: int) -> dict[str, Any]:
    """The job is not sent any more; the ledger says so, for an attempt whose end we did not see may have printed."""
    with work(ctx, actor, "drop_print", command_id) as w:
        if w.done is not None:
            return w.done
        job, errand = _open(w, actor, job_id)
        job.dropped_at, job.dropped_by, job.content = w.now, actor.officer_id, None
        errand.done_at, errand.last_error = w.now, "经办人不再打印。"
        w.session.add_all((job, errand))
        dossier = _dossier(w, job)
        if dossier is not None:
            w.record(dossier, Fact(DROPPED, "", {"paper": job.paper_no, "attempts": errand.attempts}))
        return w.finish(job=job.id)


def to_send(ctx: Context, job_id: int) -> tuple[PrintJob, Printer, bytes] | str:
    """The job with its printer and all bytes to be sent; or why there is nothing to send any more. System role.

    Raises `Rejected` where the printer was changed since the bytes were made for it.
    """
    with reading(ctx.engine, SYSTEM) as session:
        job = session.get_one(PrintJob, job_id)
        printer = session.get_one(Printer, job.printer_id)
        session.expunge_all()
    if job.printed_at is not None:
        return "已经送出过，未再打印。"
    if job.dropped_at is not None:
        return "经办人不再打印。"
    _require_on(printer)
    if (job.language, job.dpi, job.stock) != (printer.language, printer.dpi, printer.stock):
        raise Rejected(
            f"打印机「{printer.name}」换了语言、点数或纸张，先前备好的内容不再适用。请放弃这份，重新打印。",
            "The printer's language, resolution or paper changed; drop this job and print again.",
            "printer_changed",
        )
    once = job.content if job.content is not None else ctx.files.get(job.sha256)
    return job, printer, once * job.copies


def record_printed(ctx: Context, job_id: int, attempt: int, sent_sha256: str, host: str) -> None:
    """The printer took every byte; once, however often it is told. `attempt` above 1: an earlier one may have printed
    as well, for whoever sent it died or lost the connection before it could say so. System role.
    """
    with work(ctx, SYSTEM, "record_printed") as w:
        job = printing.job(w.session, job_id, lock=True)
        if job.printed_at is not None:
            return
        dossier = _dossier(w, job)
        job.printed_at, job.attempt, job.content = w.now, attempt, None
        w.session.add(job)
        if dossier is None:
            return
        printer = w.session.get_one(Printer, job.printer_id)
        why = "" if attempt == 1 else f"第 {attempt} 次尝试；先前的尝试没有等到结果，可能已经印出"
        data: dict[str, Json] = {
            "paper": job.paper_no,
            "copy": w.session.get_one(Paper, job.paper_id).copy_no,
            "kind": job.kind,
            "copies": job.copies,
            "printer": printer.name,
            "host": host,
            "language": job.language.value,
            "sha256_sent": sent_sha256,
            "attempt": attempt,
        }
        w.record(dossier, Fact(PRINTED, why, data))


def _require_few(wanted: Sequence[Wanted], copies: int) -> None:
    if not 1 <= len(wanted) <= MOST_AT_ONCE or not 1 <= copies <= MOST_COPIES:
        raise Malformed(
            f"还没有打印：一次请选 1 到 {MOST_AT_ONCE} 份单据，每份 1 到 {MOST_COPIES} 张。",
            f"Nothing printed: choose 1 to {MOST_AT_ONCE} papers, 1 to {MOST_COPIES} copies each.",
            {"wanted": [Said(f"请选 1 到 {MOST_AT_ONCE} 份。", f"Choose 1 to {MOST_AT_ONCE}.")]},
        )


def _own(w: Work, actor: Actor, printer_id: int) -> Printer:
    """A printer of the reader's own rooms, in use. Who sees others' as their administrator does not print there."""
    printer = printing.printer(w.session, printer_id)
    if printer.agency_id != actor.agency_id:
        raise NotYours("打印机", "printer")
    _require_on(printer)
    return printer


def _require_on(printer: Printer) -> None:
    if not printer.active:
        raise Rejected(
            f"打印机「{printer.name}」已停用。请换一台，或请系统管理人员启用。",
            f"Printer {printer.name} is switched off. Choose another one.",
            "printer_off",
        )


def _require_fit(printer: Printer, kind: str) -> None:
    if printer.stock not in stocks_for(kind):
        raise Rejected(
            f"打印机「{printer.name}」里的纸不能打这种单据。请另选打印机，或在浏览器中打印。",
            f"The paper in printer {printer.name} does not fit this kind. Choose another printer.",
            "wrong_stock",
        )


def _owe(w: Work, printer: Printer, made: Made, copies: int, place: int) -> PrintJob:
    content = None if printer.language is PrinterLanguage.PDF else _pressed(printer, made.drawn, made.row.kind)
    values = {"paper_no": made.row.no, "kind": made.row.kind, "copies": copies, "paper_id": made.row.id}
    values["dossier_id"] = made.row.dossier_id
    job = _job(w, printer, f"print:{made.row.no}", values, content, made.row.sha256, made.row.size_bytes)
    w.owe(_errand(job, printer, w, place), made.dossier, made.consignment)
    return job


def _job(
    w: Work,
    printer: Printer,
    key: str,
    values: dict[str, Any],
    content: bytes | None,
    sha256: str = "",
    size_bytes: int = 0,
) -> PrintJob:
    job = PrintJob(
        **values,
        key=key,
        agency_id=printer.agency_id,
        printer_id=cast(int, printer.id),
        language=printer.language,
        dpi=printer.dpi,
        stock=printer.stock,
        sha256=sha256 if content is None else hashlib.sha256(content).hexdigest(),
        size_bytes=size_bytes if content is None else len(content),
        content=content,
        asked_at=w.now,
        asked_by=cast(int, w.actor.officer_id),
    )
    w.session.add(job)
    w.session.flush()
    return job


def _pressed(printer: Printer, drawn: Sequence[Drawn], kind: str) -> bytes:
    """One copy in the printer's own language, each label decoded and compared; a strip is one after another."""
    try:
        if printer.language is PrinterLanguage.PDF:
            return pdf_of(drawn)
        language = cast(Language, printer.language.value)
        return b"".join(press(one, language, 203 if printer.dpi == 203 else 300) for one in drawn)
    except REFUSALS as why:
        raise refused(why, kind) from why


def _errand(job: PrintJob, printer: Printer, w: Work, place: int) -> Owed:
    """`place` keeps the order in which papers come out of the printer."""
    payload = {"job": job.id, "printer": printer.id, "paper": job.paper_no, "copies": job.copies}
    return Owed(ErrandKind.PRINT, job.key, payload, w.now + timedelta(microseconds=place))


def _open(w: Work, actor: Actor, job_id: int) -> tuple[PrintJob, Errand]:
    """A job of the reader's agency that is neither printed nor dropped."""
    job = printing.job(w.session, job_id, lock=True)
    if actor.agency_id != job.agency_id and Role.ADMINISTRATOR not in actor.roles:
        raise NotYours("打印任务", "print job")
    if job.printed_at is not None or job.dropped_at is not None:
        raise Rejected(
            "这份单据已经打印或已放弃。要再打一份，请从寄递件的页面打印。",
            "This job is printed or dropped already. Print another copy from the envelope's page.",
            "job_over",
        )
    return job, w.session.exec(select(Errand).where(Errand.key == job.key)).one()


def _dossier(w: Work, job: PrintJob) -> Dossier | None:
    if job.dossier_id is None:
        return None
    return w.dossier(w.session.get_one(Dossier, job.dossier_id).no)
