"""The dictionary as one page: it searches by itself and works from a folder, without a network."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from orchestration.release.page_parts import counted, page

CODES_SHOWN = 8  # more go to the list at the foot of the page, by a link

STYLE = """
main{max-width:none;display:grid;grid-template-columns:17rem minmax(0,1fr);gap:2rem}
nav{position:sticky;top:0;max-height:100vh;overflow:auto;padding:1rem 0;font-size:.9rem}
nav a{display:block;text-decoration:none;padding:.08rem 0}.search{position:sticky;top:0;background:#fff;padding:.8rem 0;z-index:1}
input{font:inherit;width:100%;padding:.5rem .7rem;border:1px solid #8791a1;border-radius:6px}
section{scroll-margin-top:5rem;margin-bottom:2rem}tr{scroll-margin-top:5rem}td:first-child{width:16rem}td:nth-child(2){width:9rem}
td:last-child{width:8rem;white-space:nowrap}.key{font-size:.8rem;color:var(--soft)}dl{margin:.3rem 0;display:grid;
grid-template-columns:max-content minmax(0,1fr);gap:.05rem .8rem}dt{font-family:ui-monospace,monospace;font-size:.9em}dd{margin:0}
[hidden]{display:none!important}@media(max-width:60rem){main{display:block}nav{position:static;max-height:12rem}}
"""
SCRIPT = """
(function(){
var field=document.getElementById('q'),said=document.getElementById('said');
var parts=[].map.call(document.querySelectorAll('section'),function(s){
 return {el:s,nav:document.querySelector('nav a[href="#'+s.id+'"]'),head:s.querySelector('header').textContent.toLowerCase(),
  rows:[].map.call(s.querySelectorAll('tbody tr'),function(r){return {el:r,text:(s.id+' '+r.textContent).toLowerCase()}})}});
function look(){
 var words=field.value.toLowerCase().split(/\\s+/).filter(Boolean),marts=0,rows=0;
 parts.forEach(function(p){
  var whole=words.every(function(w){return p.head.indexOf(w)>=0}),any=whole;
  p.rows.forEach(function(r){
   var hit=whole||words.every(function(w){return r.text.indexOf(w)>=0});
   r.el.hidden=!hit;if(hit){any=true;rows++}});
  p.el.hidden=!any;if(p.nav)p.nav.hidden=!any;if(any)marts++});
 said.textContent=words.length?(rows?rows+' rows in '+marts+' tables hold this':'Nothing here holds this'):'';
}
field.addEventListener('input',look);look();
window.addEventListener('hashchange',function(){
 if(!field.value)return;
 field.value='';look();
 var t=document.getElementById(decodeURIComponent(location.hash.slice(1)));if(t)t.scrollIntoView();
});
})();
"""


def dictionary_page(whole: Mapping[str, Any]) -> str:
    """The page.

    Args:
        whole: what dictionary.json holds.
    """
    marts, lists = whole["marts"], whole["code_lists"]
    far = sorted(
        {c["codes"] for m in marts.values() for c in m["columns"] if c["codes"] and _is_far(c, lists)}
    )
    columns = sum(len(m["columns"]) for m in marts.values())
    body = (
        f"<main><nav><b>Marts</b>{''.join(_link(m) for m in marts)}"
        f"{'<b>Codes</b>' if far else ''}{''.join(_link(_anchor(n), lists[n]['title']) for n in far)}</nav><div>"
        f"{_head(whole['release'], len(marts), columns)}"
        '<div class="search"><input id="q" type="search" placeholder="Search marts, columns, meanings and codes" '
        'aria-label="Search" autofocus><div class="soft" id="said" role="status"></div></div>'
        f"{''.join(_mart(m, entry, marts, lists) for m, entry in marts.items())}"
        f"{''.join(_list(n, lists[n]) for n in far)}</div></main>"
    )
    return page("Dictionary of the marts", body, style=STYLE, script=SCRIPT)


def _head(release: Mapping[str, Any], marts: int, columns: int) -> str:
    named = ""
    if release["release_id"]:
        version = release["contract"].get("version", "")
        named = (
            f'<p class="soft">{escape(release["state"])}, release {escape(release["release_id"])} as of '
            f"{escape(release['as_of'].replace('T', ' '))} UTC, for the {escape(release['audience'])} audience."
            f"{f' Contract version {escape(str(version))}.' if version else ''}</p>"
        )
    return (
        f"<h1>Dictionary of the marts</h1>{named}<p>{counted(marts, 'mart')}, {counted(columns, 'column')}. "
        "<i>Since</i> is the first release that held the mart or column. The same is in <code>dictionary.csv</code>, "
        "<code>dictionary.json</code>, in the comments of <code>marts.duckdb</code> and in "
        f"<code>datapackage.json</code>.</p>{_announced(release['contract'])}"
    )


def _announced(contract: Mapping[str, Any]) -> str:
    lines = "".join(f"<li>{escape(line)}</li>" for line in contract.get("announced_in_words", ()))
    return f"<h3>Announced</h3><ul>{lines}</ul>" if lines else ""


def _link(anchor: str, text: str | None = None) -> str:
    return f'<a href="#{escape(anchor)}">{escape(text or anchor)}</a>'


def _mart(mart: str, entry: Mapping[str, Any], marts: Mapping[str, Any], lists: Mapping[str, Any]) -> str:
    rows = "".join(_row(mart, c, entry, marts, lists) for c in entry["columns"])
    key = f" Key: {', '.join(f'<code>{escape(k)}</code>' for k in entry['key'])}." if entry["key"] else ""
    return (
        f'<section id="{escape(mart)}"><header><h2>{escape(mart)}</h2><p>{escape(entry["description"])}</p>'
        f'<p class="soft">{counted(entry["rows"], "row")}: {escape(entry["grain"])}.{key}'
        f" Since {_since(entry['since'])}.</p></header>"
        f"<table><thead><tr><th>Column</th><th>Type</th><th>Meaning</th><th>Since</th></tr></thead><tbody>{rows}</tbody></table></section>"
    )


def _row(
    mart: str,
    column: Mapping[str, Any],
    entry: Mapping[str, Any],
    marts: Mapping[str, Any],
    lists: Mapping[str, Any],
) -> str:
    name = column["column"]
    notes = []
    if name in entry["key"]:
        notes.append("key")
    elif name in entry["required"]:
        notes.append("never empty")
    to = column["references"]
    reference = ""
    if to and to[0] in marts:
        reference = f' <span class="soft">One of {_link(f"{to[0]}.{to[1]}")}.</span>'
    unit = f' <span class="soft">Unit: {escape(column["unit"])}.</span>' if column["unit"] else ""
    return (
        f'<tr id="{escape(mart)}.{escape(name)}"><td><code>{escape(name)}</code> '
        f'<span class="key">{", ".join(notes)}</span></td><td>{escape(column["type"].lower())}</td>'
        f"<td>{escape(column['meaning'])}{unit}{reference}{_codes(column, lists)}</td><td>{_since(column['since'])}</td></tr>"
    )


def _is_far(column: Mapping[str, Any], lists: Mapping[str, Any]) -> bool:
    return len(column["values"] or lists[column["codes"]]["labels"]) > CODES_SHOWN


def _codes(column: Mapping[str, Any], lists: Mapping[str, Any]) -> str:
    if not column["codes"]:
        return ""
    codes = lists[column["codes"]]
    if _is_far(column, lists):
        n = len(column["values"] or codes["labels"])
        return "<br>" + _link(_anchor(column["codes"]), f"{n} codes: {codes['title']}")
    shown = column["values"] or list(codes["labels"])
    also = f'<span class="soft">And {escape(codes["also"])}.</span>' if codes["also"] else ""
    return _labels({v: codes["labels"].get(v, "") for v in shown}) + also


def _labels(labels: Mapping[str, str]) -> str:
    return (
        "<dl>"
        + "".join(f"<dt>{escape(c)}</dt><dd>{escape(label)}</dd>" for c, label in labels.items())
        + "</dl>"
    )


def _list(name: str, codes: Mapping[str, Any]) -> str:
    rows = "".join(
        f"<tr><td><code>{escape(c)}</code></td><td>{escape(label)}</td></tr>"
        for c, label in codes["labels"].items()
    )
    also = f" And {escape(codes['also'])}." if codes["also"] else ""
    return (
        f'<section id="{escape(_anchor(name))}" class="list"><header><h2>Codes: {escape(codes["title"])}</h2><p class="soft">From '
        f"{escape(codes['source'])}.{also}</p></header><table><thead><tr><th>Code</th><th>Meaning</th></tr></thead>"
        f"<tbody>{rows}</tbody></table></section>"
    )


def _anchor(name: str) -> str:
    return f"codes.{name}"


def _since(since: Mapping[str, str] | None) -> str:
    return (
        f'<span title="{escape(since["release_id"])}">{escape(since["as_of"][:10])}</span>' if since else ""
    )
