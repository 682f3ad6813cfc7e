"""Makes the virtual environment: `environment.py demo | dev | test | lock`.

demo: what runs. dev: and the checks and the laboratory. test: and a browser, nginx and SoftHSM.
lock: find new versions.
Standard library only, since it runs before anything is installed. It does its work only when a
lock file changed since the last time.
"""

import hashlib
import os
import shutil
import ssl
import subprocess
import sys
import sysconfig
import venv
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LABORATORY = ROOT / "src" / "limosa_lab"
REQUIREMENTS = ROOT / "requirements"
ENVIRONMENT = ROOT / ".venv"
STAMP = ENVIRONMENT / "installed-by-limosa"
UV_ENVIRONMENT = ROOT / ".uv"
UV_STAMP = UV_ENVIRONMENT / "installed-by-limosa"
# Where Debian, Fedora, Alpine and macOS keep, in one file, the certificates that they trust.
TRUSTED_CERTIFICATES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/cert.pem",
)
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
BROWSER_PACKAGES = ["chromium", "fonts-noto-cjk"]
NGINX_FOLDER = ENVIRONMENT / "nginx"
SOFTHSM_FOLDER = ENVIRONMENT / "softhsm"


class Fault(Exception):
    """Set-up cannot go on; the text says why and what to do."""


def main() -> int:
    what = sys.argv[1] if len(sys.argv) == 2 else ""
    try:
        match what:
            case "demo":
                install("demo")
            case "dev":
                install("dev")
            case "test":
                install("dev")
                install_browser()
                fetch_nginx()
                fetch_softhsm()
            case "lock":
                lock()
            case _:
                say("usage: environment.py demo | dev | test | lock")
                return 2
    except Fault as fault:
        say(str(fault))
        return 1
    return 0


def install(kind: str) -> None:
    """Bring .venv to the locked versions. What the checks need stays once it is there."""
    if kind == "demo" and _stamp_text().startswith("dev "):
        kind = "dev"
    lock_file = REQUIREMENTS / f"{kind}.lock"
    projects = [ROOT] if kind == "demo" else [ROOT, LABORATORY]
    said = [project / "pyproject.toml" for project in projects]
    wanted = f"{kind} {_digest(lock_file, *said)} {ROOT}"
    if _stamp_text() == wanted:
        return
    uv = install_uv()
    python = ENVIRONMENT / "bin" / "python"
    if not _runs(python):
        say("making the virtual environment .venv")
        run(uv, "venv", "--quiet", "--clear", "--python", sys.executable, ENVIRONMENT)
    say("installing the locked packages into .venv")
    STAMP.unlink(missing_ok=True)
    into = ["--quiet", "--python", str(python)]
    run(uv, "pip", "sync", *into, "--require-hashes", lock_file)
    # Parts of PayPal's SDK install their own tests as a package `tests`, which would hide ours.
    for hiding in ENVIRONMENT.glob("lib/python*/site-packages/tests"):
        shutil.rmtree(hiding)
    # The product itself, with nothing asked of an index.
    alone = ["--no-deps", "--no-build-isolation", "--offline"]
    for project in projects:
        run(uv, "pip", "install", *into, *alone, "--editable", project)
    STAMP.write_text(wanted, encoding="utf-8")


def install_uv() -> Path:
    """Put uv into an environment of its own, by its locked hash. Returns the program."""
    lock_file = REQUIREMENTS / "uv.lock"
    uv = UV_ENVIRONMENT / "bin" / "uv"
    wanted = f"{_digest(lock_file)} {ROOT}"
    if uv.exists() and UV_STAMP.exists() and UV_STAMP.read_text(encoding="utf-8") == wanted:
        return uv
    say("fetching the installer uv")
    if find_spec("ensurepip") is None:
        version = sysconfig.get_python_version()
        install_system_packages(
            [f"python{version}-venv"], why=f"Python {version} here cannot make environments"
        )
    venv.create(UV_ENVIRONMENT, clear=True, with_pip=True)
    python = UV_ENVIRONMENT / "bin" / "python"
    quiet = ["--quiet", "--disable-pip-version-check"]
    locked = ["--require-hashes", "--only-binary", ":all:", "-r", str(lock_file)]
    run(python, "-m", "pip", "install", *quiet, *certificates_for(python), *locked)
    UV_STAMP.write_text(wanted, encoding="utf-8")
    return uv


def trusted_certificates() -> str | None:
    """Return the file of the certificates that this machine trusts, a company's proxy among them.

    pip as it comes with Python 3.11 brings a list of its own instead.
    """
    named = ssl.get_default_verify_paths().cafile  # SSL_CERT_FILE, or where Python itself looks.
    return next(
        (file for file in (named, *TRUSTED_CERTIFICATES) if file and Path(file).exists()), None
    )


def certificates_for(python: Path) -> list[str]:
    """Return pip's option for them; none where pip was told already, by a variable or its file."""
    file = trusted_certificates()
    if file is None or "PIP_CERT" in os.environ:
        return []
    listed = subprocess.run(
        [python, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    )
    return [] if ".cert=" in listed.stdout else ["--cert", file]


def install_browser() -> None:
    """Install Chromium and Chinese fonts, by the system's packages, where they are missing."""
    has_browser = any(shutil.which(name) for name in BROWSERS)
    if not has_browser or not _has_chinese_font():
        install_system_packages(
            BROWSER_PACKAGES, why="the browser tests need Chromium and a Chinese font"
        )


def fetch_nginx() -> None:
    """Unpack Debian's nginx into .venv/nginx unless there is one: installing it would start it."""
    if shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin"):
        return
    if (NGINX_FOLDER / "usr" / "sbin" / "nginx").exists():
        return
    unpack(["nginx"], into=NGINX_FOLDER, why="the tests of a proxy need nginx")


def fetch_softhsm() -> None:
    """Unpack Debian's SoftHSM, a token in files, into .venv/softhsm unless there is one."""
    if Path("/usr/bin/softhsm2-util").exists() or (SOFTHSM_FOLDER / "usr" / "lib").exists():
        return
    unpack(
        ["softhsm2", "libsofthsm2"],
        into=SOFTHSM_FOLDER,
        why="the tests of keys in a token need SoftHSM",
    )


def unpack(names: list[str], *, into: Path, why: str) -> None:
    """Unpack Debian packages into a folder, without installing them. Raises Fault."""
    advice = f"{why}. Please install: {' '.join(names)} — and try again."
    if shutil.which("apt-get") is None:
        raise Fault(advice)
    say(f"{why}: fetching {' '.join(names)} with apt-get")
    into.mkdir(exist_ok=True)
    try:
        _renew_package_lists()
        unsandboxed = "--option=APT::Sandbox::User=root"  # Else it warns of the closed folder.
        download = f"apt-get --quiet=2 {unsandboxed} download {' '.join(names)}"
        run("sh", "-c", f"cd '{into}' && {download}")
        for package in into.glob("*.deb"):
            run("dpkg-deb", "--extract", package, into)
    except Fault as fault:
        raise Fault(f"{advice} ({fault})") from fault


def install_system_packages(names: list[str], *, why: str) -> None:
    """Install Debian packages as root, or by sudo. Raises Fault with what to do by hand."""
    advice = f"{why}. Please install: {' '.join(names)} — and try again."
    if shutil.which("apt-get") is None:
        raise Fault(advice + " (Debian's names; this machine has no apt-get.)")
    prefix = _as_root()
    if prefix is None:
        raise Fault(advice + " (Not root, and there is no sudo.)")
    say(f"{why}: installing {' '.join(names)} with apt-get")
    try:
        run(*prefix, "apt-get", "update", "--quiet=2")
        install = ["apt-get", "install", "--quiet=2", "--yes", "--no-install-recommends"]
        run(*prefix, "env", "DEBIAN_FRONTEND=noninteractive", *install, *names)
    except Fault as fault:
        raise Fault(f"{advice} ({fault})") from fault


def _renew_package_lists() -> None:
    """Have apt-get fetch its lists, where we may; those that are there may do."""
    prefix = _as_root()
    if prefix is not None:
        with suppress(Fault):
            run(*prefix, "apt-get", "update", "--quiet=2")


def _as_root() -> list[str] | None:
    """Return what to put before a command that only root may run; None if there is no way."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        return None
    return ["sudo"] if sys.stdin.isatty() else ["sudo", "--non-interactive"]


def lock() -> None:
    """Write requirements/*.lock: exact versions with hashes, for every platform, from no index
    in particular. Versions already locked stay unless pyproject.toml rules them out."""
    uv = install_uv()
    product = ["pyproject.toml", "requirements/build.in", "--extra", "demo", "--extra", "export"]
    beside = ["--extra", "hsm", "--group", "dev", "--constraints", "requirements/demo.lock"]
    for name, sources in {
        "uv": ["requirements/uv.in"],
        "demo": product,
        "dev": [*product, *beside],
    }.items():
        say(f"locking requirements/{name}.lock")
        versions = ["--universal", "--python-version", "3.11", "--generate-hashes"]
        form = ["--quiet", "--no-emit-index-url", "--no-annotate"]
        header = ["--custom-compile-command", "make lock"]
        target = ["--output-file", f"requirements/{name}.lock"]
        run(uv, "pip", "compile", *versions, *form, *header, *target, *sources)


def run(*command: str | Path) -> None:
    """Run a program in the project's folder. Raises Fault when it fails."""
    done = subprocess.run(command, cwd=ROOT, env=environment_of_installers(), check=False)
    if done.returncode:
        raise Fault(f"`{' '.join(map(str, command))}` failed with code {done.returncode}")


def environment_of_installers() -> dict[str, str]:
    """Return our environment without another virtual one, and with trust in the machine's
    certificates: uv by itself trusts a list of its own."""
    clean = {k: v for k, v in os.environ.items() if k not in {"VIRTUAL_ENV", "PYTHONPATH"}}
    if trusted_certificates() is not None:
        clean.setdefault("UV_SYSTEM_CERTS", "1")
    return clean


def say(text: str) -> None:
    print(f"limosa: {text}", flush=True)


def _stamp_text() -> str:
    return STAMP.read_text(encoding="utf-8") if STAMP.exists() else ""


def _digest(*files: Path) -> str:
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def _runs(python: Path) -> bool:
    """Tell whether the environment works; a moved or upgraded Python breaks it."""
    if not python.exists():
        return False
    probe = "import sys; sys.exit(sys.version_info < (3, 11))"
    return subprocess.run([python, "-c", probe], check=False).returncode == 0


def _has_chinese_font() -> bool:
    if shutil.which("fc-list") is None:
        return False
    fonts = subprocess.run(
        ["fc-list", ":lang=zh-cn", "family"],  # noqa: S607 -- found by the system's own PATH
        capture_output=True,
        check=False,
    )
    return bool(fonts.stdout.strip())


if __name__ == "__main__":
    sys.exit(main())
