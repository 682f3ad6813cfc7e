"""The shared look of the simulators' pages: quiet, narrow, light or dark.

No page needs a script. A page that shows something in progress may name one that updates it.
"""

from dataclasses import dataclass
from html import escape

from limosa.simulators.loopback_http import Reply

# Inline styles would need a looser policy, so the style sheet has its own URL.
STYLE_PATH = "/simulator.css"
_POLICY = "default-src 'none'; style-src 'self'; img-src 'self' data:; frame-src 'self'; base-uri 'none'; frame-ancestors 'self'"  # noqa: E501
_MARK = (
    '<svg viewBox="0 0 32 32" width="26" height="26" fill="none" stroke="currentColor"'
    ' stroke-width="2.2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">'
    '<path d="M2 12.5 13 12c2.2-3.6 6-4.6 9-2.6 2.6 1.8 4.6 5 8 5.6-3.4 5.2-9 7.4-14.4 5.6-3-1-4-4'
    '-2.6-8.6"/><path d="M17 21v7M21.5 20.6v7.4"/></svg>'
)
STYLE = """
:root{--ink:#16201f;--soft:#5d6b69;--paper:#f6f5f1;--card:#fffefb;--line:#e3e1d9;--tide:#0b6e69;
--tide-ink:#fffefb;--wash:#e3efec;--sand:#8f4f12;--sand-wash:#f6ead9;color-scheme:light dark;
font-family:Inter,"Helvetica Neue",Arial,"PingFang SC","Hiragino Sans GB","Noto Sans CJK SC",
"Microsoft YaHei",sans-serif;font-size:16px;line-height:1.6;color:var(--ink)}
@media (prefers-color-scheme:dark){:root{--ink:#e8ebe6;--soft:#a3afab;--paper:#0f1514;
--card:#161e1c;--line:#26302d;--tide:#5cc2b6;--tide-ink:#07211f;--wash:#14302d;--sand:#e0a561;
--sand-wash:#33261a}}
*{box-sizing:border-box;margin:0}
body{background:var(--paper);padding:20px 20px 40px}
main,header{max-width:26rem;margin:0 auto}
.wide main,.wide header{max-width:52rem}
header{display:flex;align-items:center;justify-content:space-between;gap:12px;margin-bottom:24px;
font-size:14px;color:var(--soft)}
header svg{color:var(--tide)}
.mark{display:flex;align-items:center;gap:9px;color:var(--ink);font-weight:600;
text-decoration:none}
h1{font-size:20px;line-height:1.35;font-weight:650;margin-bottom:6px}
h1+dl,h1+.notice,h1+form,p+form{margin-top:18px}ul.list+p{margin-top:14px}
h2{font-size:13px;font-weight:600;color:var(--soft);margin:24px 0 8px}
a{color:var(--tide);text-underline-offset:3px}
p+p{margin-top:10px}
.amount{font-size:44px;font-weight:650;line-height:1.15;margin:4px 0 20px}
.amount,.num,td,dd{font-variant-numeric:tabular-nums}
.muted{color:var(--soft)}.small{font-size:14px}
dl{border-top:1px solid var(--line);margin-bottom:24px}
dl>div{display:flex;justify-content:space-between;gap:20px;padding:12px 0;
border-bottom:1px solid var(--line)}
dt{color:var(--soft);flex:none}dd{text-align:right;overflow-wrap:anywhere}
.notice{background:var(--sand-wash);color:var(--sand);border-radius:12px;padding:10px 14px;
font-size:14px;margin-bottom:24px}
.good{background:var(--wash);color:var(--tide)}
button,.button{display:block;width:100%;border:1.5px solid var(--tide);border-radius:14px;
background:var(--tide);color:var(--tide-ink);font:inherit;font-weight:650;font-size:17px;
padding:12px 18px;min-height:54px;margin-top:12px;cursor:pointer;text-align:center;
text-decoration:none}
button.quiet,.button.quiet{background:transparent;color:var(--tide)}
.row{display:flex;flex-wrap:wrap;gap:8px;align-items:center}
.row button{width:auto;min-height:44px;padding:6px 14px;font-size:15px;margin:0}
:focus-visible{outline:3px solid var(--tide);outline-offset:2px}
label{display:block;font-weight:600;margin-bottom:6px}
input{width:100%;font:inherit;color:inherit;background:var(--card);border:1px solid var(--soft);
border-radius:12px;padding:10px 14px;min-height:48px}
ul.list{list-style:none;padding:0;border-top:1px solid var(--line)}
ul.list>li{border-bottom:1px solid var(--line);padding:14px 0}
ul.list a.block{display:block;color:inherit;text-decoration:none}
ul.list a.block:hover b{text-decoration:underline}
pre{white-space:pre-wrap;overflow-wrap:anywhere;font:inherit}
iframe{width:100%;height:70vh;border:1px solid var(--line);border-radius:14px;background:#fff}
"""


def style_reply(more: str = "") -> Reply:
    """Return the style sheet, with what a simulator's own pages add to it."""
    headers = {"Content-Type": "text/css; charset=utf-8", "Cache-Control": "max-age=300"}
    return Reply(200, (STYLE + more).encode(), headers)


@dataclass(frozen=True, slots=True)
class Frame:
    """The frame around a page's content. `home` is where the logo leads, if anywhere."""

    aside: str = ""
    home: str = ""
    is_wide: bool = False
    script_path: str = ""


def page(title: str, content: str, frame: Frame, *, status: int = 200) -> Reply:
    """Build a whole page around `content`, which is HTML; the other texts are escaped here."""
    script, policy = "", _POLICY
    if frame.script_path:
        script = f'<script src="{escape(frame.script_path)}" defer></script>'
        policy += "; script-src 'self'; connect-src 'self'"
    mark = f"{_MARK}<span>Limosa</span>"
    if frame.home:
        mark = f'<a class="mark" href="{escape(frame.home)}">{mark}</a>'
    else:
        mark = f'<span class="mark">{mark}</span>'
    width = ' class="wide"' if frame.is_wide else ""
    body = (
        '<!doctype html><html lang="zh-Hans"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title>"
        f'<link rel="icon" href="data:,"><link rel="stylesheet" href="{STYLE_PATH}">{script}</head>'
        f"<body{width}><header>{mark}<span>{escape(frame.aside)}</span>"
        f"</header><main>{content}</main></body></html>"
    )
    return Reply(status, body.encode(), page_headers(policy))


def page_headers(policy: str = _POLICY) -> dict[str, str]:
    return {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": policy,
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }


def see_other(address: str) -> Reply:
    return Reply(303, b"", {"Location": address, "Cache-Control": "no-store"})
