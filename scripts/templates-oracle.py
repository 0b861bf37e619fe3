"""Renders template cases with Django itself; see templates-oracle.ts. Reads the cases on stdin, writes them with outputs."""
import datetime
import json
import sys
import types

import django
from django.conf import settings

settings.configure(
    USE_TZ=True, TIME_ZONE="UTC", USE_L10N=False, USE_I18N=True, LANGUAGE_CODE="en", DEBUG=False, ALLOWED_HOSTS=["*"]
)
django.setup()

from django import template  # noqa: E402
from django.template import defaulttags  # noqa: E402
from django.utils import timesince, timezone  # noqa: E402

register = template.Library()


@register.simple_tag
def coupon_code(name):
    return name + "-preview"


sys.modules["oracle_tags"] = types.ModuleType("oracle_tags")
sys.modules["oracle_tags"].register = register
engine = template.Engine(builtins=["oracle_tags"], debug=False)


class AnyDateTime(type):
    def __instancecheck__(cls, value):
        return isinstance(value, datetime.datetime)


def freeze(now):
    class Frozen(datetime.datetime, metaclass=AnyDateTime):
        @classmethod
        def now(cls, tz=None):
            return now.astimezone(tz) if tz else now.replace(tzinfo=None)

    defaulttags.datetime = Frozen
    timezone.now = lambda: now
    timesince.datetime = types.SimpleNamespace(datetime=Frozen, timedelta=datetime.timedelta, date=datetime.date)


def revive(value, is_date=False):
    if isinstance(value, dict):
        return {key: revive(item, key.startswith("dt_")) for key, item in value.items()}
    if isinstance(value, list):
        return [revive(item, is_date) for item in value]
    if is_date and isinstance(value, str):
        moment = datetime.datetime.fromisoformat(value.replace("Z", "+00:00"))
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=datetime.timezone.utc)
        return moment.astimezone(timezone.utc)
    return value


def main():
    data = json.load(sys.stdin)
    data["engine"] = "Django " + django.get_version()
    now = datetime.datetime.fromisoformat(data["now"].replace("Z", "+00:00"))
    freeze(now.astimezone(timezone.utc))
    contexts = data.get("contexts", {})
    for case in data["cases"]:
        case.pop("output", None)
        case.pop("error", None)
        context = case["context"]
        # A fresh copy each time: a template can change the lists of its context.
        values = revive(json.loads(json.dumps(contexts[context] if isinstance(context, str) else context)))
        try:
            case["output"] = engine.from_string(case["template"]).render(template.Context(values))
        except Exception as error:
            case["error"] = True
            case["reason"] = "%s: %s" % (type(error).__name__, str(error)[:200])
    json.dump(data, sys.stdout, ensure_ascii=True, indent=1)


main()
