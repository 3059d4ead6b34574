"""What happens when a refresh does not end well: an alert file, and a message to a webhook if one is set."""

import json
import logging
import re
import urllib.request
from datetime import datetime
from http.client import HTTPException
from os import environ
from typing import Any
from urllib.parse import unquote

from dagster_project.publish.gates import refuses
from dagster_project.refresh.record import Record
from dagster_project.settings import Settings

WEBHOOK = "ZHIBIAO_WEBHOOK"
_TOLD = 20
# Characters from which a part of the address may be a key.
_KEY = 6


def content(record: Record) -> dict[str, Any]:
    """What an alert says: outcome, step, the first problems of inputs and the checks that failed."""
    return {
        "started": record.started,
        "outcome": record.outcome,
        "step": record.step,
        "error": record.error,
        "problems": [problem["text"] for problem in record.problems[:_TOLD]],
        "broken_checks": [
            f"{check['table']}: {check['check']} {check['message'] or check['meaning_zh'] or ''} "
            f"{'; '.join(check.get('keys', []))}".strip()
            for check in record.checks
            if refuses(check["outcome"], check["severity"])
        ][:_TOLD],
    }


def message(alert: dict[str, Any]) -> bytes:
    """The alert in the form that WeCom and DingTalk robots take, with the whole of it beside."""
    first = (alert["problems"] or alert["broken_checks"] or [alert["error"]])[0]
    text = f"教育指标仓库刷新未发布（{alert['outcome']}，步骤 {alert['step']}）：{first}"
    return json.dumps({"msgtype": "text", "text": {"content": text}, "alert": alert}, ensure_ascii=False).encode()


def raise_alert(settings: Settings, record: Record) -> None:
    """Write `<home>/alerts/<start>.json` and post to ZHIBIAO_WEBHOOK; trouble in telling is logged, never raised."""
    log = logging.getLogger("zhibiao")
    alert = content(record)
    try:
        folder = settings.home / "alerts"
        folder.mkdir(parents=True, exist_ok=True)
        started = record.started or datetime.now().isoformat(timespec="seconds")
        name = re.sub(r"[^0-9T]", "", started.split("+")[0])
        (folder / f"{name}.json").write_text(json.dumps(alert, ensure_ascii=False, indent=1), encoding="utf-8")
    except OSError as error:
        log.error("警报文件未能写入 / the alert file could not be written: %s", error)
    if address := environ.get(WEBHOOK):
        try:
            if not address.lower().startswith(("http://", "https://")):
                raise ValueError("应以 http:// 或 https:// 开头 / http:// or https:// is expected")
            request = urllib.request.Request(address, message(alert), {"Content-Type": "application/json"})
            with urllib.request.urlopen(request, timeout=10) as answer:
                told = answer.read(10_000).decode("utf-8", "replace")
            # The robots of WeCom and DingTalk answer 200 even where they refuse; only the body says so.
            if re.search(r'"errcode"\s*:\s*[^0\s]', told):
                log.error("%s 拒绝了警报 / refused the alert: %s", WEBHOOK, _without(address, told))
        except (OSError, HTTPException, ValueError) as error:
            log.error("%s 无法送达 / could not be reached: %s", WEBHOOK, _without(address, str(error)))


def _without(address: str, text: str) -> str:
    """Text without any part of the address that may be the key; errors and answers like to quote it."""
    parts = [unquote(part) for part in re.split(r"[/?&=#@:;]+", address)] + re.split(r"[/?&=#@:;]+", address)
    for part in sorted({address, *parts}, key=len, reverse=True):
        if len(part) >= _KEY:
            text = text.replace(part, "…")
    return text
