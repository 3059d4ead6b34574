"""What happens when a step fails: an alert file in the home folder, and a message to a webhook if one is set."""

import json
import urllib.error
import urllib.request
from datetime import datetime
from os import environ
from typing import Any

import dagster as dg

from dagster_project.refresh import record as records
from dagster_project.settings import Settings

WEBHOOK = "ZHIBIAO_WEBHOOK"


def alert(settings: Settings, step: str, run_id: str) -> dict[str, Any]:
    """The alert of a failed step, written to `<home>/alerts/<run>.json`; returns it."""
    record = records.last(settings)
    problems = [problem["text"] for problem in record.problems[:20]] if record else []
    broken = [
        f"{check['table']}: {check['check']} {check['message'] or ''}".strip()
        for check in (record.checks if record else [])
        if check["outcome"] != "passed" and check["severity"] == "error"
    ]
    content = {
        "when": datetime.now().astimezone().isoformat(timespec="seconds"),
        "run_id": run_id,
        "step": step,
        "outcome": record.outcome if record else "failed",
        "error": record.error if record else "",
        "problems": problems,
        "broken_checks": broken[:20],
    }
    folder = settings.home / "alerts"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{run_id}.json").write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
    return content


def message(content: dict[str, Any]) -> bytes:
    """The alert in the form that WeCom and DingTalk robots take, with the whole of it beside."""
    first = (content["problems"] or content["broken_checks"] or [content["error"]])[0]
    text = f"教育指标仓库刷新未发布（{content['outcome']}，步骤 {content['step']}）：{first}"
    return json.dumps({"msgtype": "text", "text": {"content": text}, "alert": content}, ensure_ascii=False).encode()


@dg.failure_hook
def tell_failure(context: dg.HookContext) -> None:
    content = alert(Settings.from_environment(), context.op.name, context.run_id)
    if address := environ.get(WEBHOOK):
        request = urllib.request.Request(address, message(content), {"Content-Type": "application/json"})
        try:
            urllib.request.urlopen(request, timeout=10).close()
        except (urllib.error.URLError, OSError, ValueError) as error:
            context.log.error(f"{WEBHOOK} could not be reached: {error}")
