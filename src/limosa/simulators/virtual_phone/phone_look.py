"""How the phone's pages look, on top of the simulators' shared look."""

STYLE = """
.device{background:var(--card);border:1px solid var(--line);border-radius:38px;
padding:14px 22px 26px;min-height:38rem;display:flex;flex-direction:column;
box-shadow:0 18px 40px -24px rgb(0 0 0/.35),
0 0 0 7px var(--paper),0 0 0 8px var(--line)}
.device:before{content:"";width:92px;height:22px;border-radius:12px;background:var(--line);
margin:0 auto 8px}
.bar{display:flex;justify-content:space-between;align-items:center;font-size:14px;
font-weight:600;margin-bottom:20px;gap:12px}
.bar span:first-child{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.bar .network{flex:none;font-weight:400}
.bars{display:inline-flex;gap:2px;align-items:flex-end;height:13px;flex:none}
.bars i{width:3px;border-radius:1px;background:var(--line)}
.bars i:nth-child(1){height:4px}.bars i:nth-child(2){height:7px}.bars i:nth-child(3){height:10px}
.bars i:nth-child(4){height:13px}.bars.on i{background:var(--tide)}
.device>.end{margin-top:auto;padding-top:22px}
.sim{border:1px solid var(--line);border-radius:18px;padding:14px 16px;margin-top:12px}
.sim.on{border-color:var(--tide);background:var(--wash)}
.sim .row{justify-content:space-between;flex-wrap:nowrap}
.sim b{display:block;overflow-wrap:anywhere}
.sim .row button{flex:none}
.sim .data{border-top:1px solid var(--line);margin-top:12px;padding-top:12px}
.sim details{margin-top:10px}
.sim summary{cursor:pointer;color:var(--soft);font-size:14px;padding:4px 0}
.sim details dl{margin:8px 0 0}.sim details button{margin-top:12px}
.centre{margin:auto 0;text-align:center}
.centre h1{margin-top:14px}
.offer{border:1px solid var(--line);border-radius:18px;padding:18px;margin:18px 0 4px}
.offer p{font-size:18px;font-weight:650}
.offer+label{margin-top:18px;text-align:left}
.centre p+.button{margin-top:22px}
.disc{width:64px;height:64px;margin:0 auto;border-radius:50%;display:grid;place-items:center;
background:var(--wash);color:var(--tide)}
.disc.bad{background:var(--sand-wash);color:var(--sand)}
progress{appearance:none;width:100%;height:8px;border:0;border-radius:4px;overflow:hidden;
background:var(--line);margin:22px 0 6px}
progress:indeterminate{background:linear-gradient(90deg,var(--line) 30%,var(--tide) 50%,
var(--line) 70%) 0 0/300% 100%;animation:flow 1.6s linear infinite}
progress:indeterminate::-webkit-progress-bar{background:none}
@keyframes flow{from{background-position:100% 0}to{background-position:0 0}}
@media (prefers-reduced-motion:reduce){progress:indeterminate{animation:none}}
progress::-webkit-progress-bar{background:var(--line)}
progress::-webkit-progress-value{background:var(--tide);border-radius:4px}
progress::-moz-progress-bar{background:var(--tide)}
textarea{width:100%;font:inherit;color:inherit;background:var(--card);border:1px solid var(--soft);
border-radius:12px;padding:10px 14px;min-height:76px;resize:vertical;overflow-wrap:anywhere}
button.text{background:none;border:0;color:var(--sand);min-height:44px;font-size:15px}
"""

# The page of an installation follows it: it asks for itself and replaces what is inside.
LIVE = """
const follow = async () => {
  const part = document.querySelector("[data-follow]");
  if (!part) return;
  try {
    const text = await (await fetch(location.pathname)).text();
    const fresh = new DOMParser().parseFromString(text, "text/html").querySelector(".device");
    if (fresh) document.querySelector(".device").replaceWith(fresh);
  } catch { /* The next try will do. */ }
  setTimeout(follow, 400);
};
setTimeout(follow, 400);
"""

SIM = (
    '<svg viewBox="0 0 24 24" width="30" height="30" fill="none" stroke="currentColor"'
    ' stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">'
    '<path d="M7 3h7l4 4v12a2 2 0 0 1-2 2H8a2 2 0 0 1-2-2V5a2 2 0 0 1 1-2z"/>'
    '<rect x="9" y="11" width="6" height="6" rx="1"/></svg>'
)
TICK = (
    '<svg viewBox="0 0 24 24" width="32" height="32" fill="none" stroke="currentColor"'
    ' stroke-width="2.2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">'
    '<path d="M5 12.5 10 17.5 19 7"/></svg>'
)
CROSS = (
    '<svg viewBox="0 0 24 24" width="30" height="30" fill="none" stroke="currentColor"'
    ' stroke-width="2.2" stroke-linecap="round" aria-hidden="true"><path d="M12 6v7M12 17.5v.1"/>'
    "</svg>"
)
