"""No page calls a provider by itself: every way out goes through web/provider_calls.py.

Read from the sources, so that what is added later is covered: each function that can be given a
caller must be given one by a page, and no page asks for a provider itself.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import limosa
from limosa.domain.payments.calling import CALLS

SOURCES = Path(limosa.__file__).parent
DOMAIN, WEB = SOURCES / "domain", SOURCES / "web"


def trees(folder: Path) -> Iterator[tuple[str, ast.Module]]:
    for file in sorted(folder.rglob("*.py")):
        yield str(file.relative_to(SOURCES)), ast.parse(file.read_text(encoding="utf-8"))


def name_of(call: ast.Call) -> str:
    function = call.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def calls_in(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def functions_in(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def takes_caller(function: ast.FunctionDef) -> bool:
    arguments = function.args.args + function.args.kwonlyargs
    return any(argument.arg == "caller" for argument in arguments)


def calls_out(tree: ast.AST) -> bool:
    """Whether it calls a method of the port that goes out, of whatever it names a provider."""
    return any(
        isinstance(call.func, ast.Attribute)
        and call.func.attr in CALLS
        and "provider" in ast.unparse(call.func.value)
        for call in calls_in(tree)
    )


def faults_of_page(tree: ast.AST, given: set[str]) -> list[str]:
    """Return the calls of a module that go around the pool. given: who wants a caller."""
    faults = []
    for call in calls_in(tree):
        is_given = any(word.arg == "caller" for word in call.keywords)
        if name_of(call) in given and not is_given:
            faults.append(f"{name_of(call)} gets no caller")
        if name_of(call) == "provider_for" or "call_directly" in ast.unparse(call):
            faults.append(f"{ast.unparse(call)} goes around the pool")
    return faults


def wanting_a_caller() -> set[str]:
    return {
        function.name
        for _, tree in trees(DOMAIN)
        for function in functions_in(tree)
        if takes_caller(function)
        and not function.name.startswith("_")
        and function.name != "provider_called_by"
    }


def reaching_out() -> set[str]:
    """Return every operation that calls out, by itself or through others: one is in one file."""
    operations = {Path(file).stem: tree for file, tree in trees(DOMAIN) if "/operations/" in file}
    used = {name: {name_of(call) for call in calls_in(tree)} for name, tree in operations.items()}
    found = {name for name, tree in operations.items() if calls_out(tree)}
    while more := {name for name in used if used[name] & found} - found:
        found |= more
    return found


def test_no_page_goes_around_the_pool() -> None:
    given = wanting_a_caller()
    assert {"start_payment", "poll_payment", "forget_saved_method"} <= given
    faults = [
        f"{file}: {fault}" for file, tree in trees(WEB) for fault in faults_of_page(tree, given)
    ]
    assert faults == []


def test_whatever_a_page_uses_and_that_calls_out_takes_a_caller() -> None:
    out, given = reaching_out(), wanting_a_caller()
    assert {"start_payment", "poll_payment", "push_refunds", "create_at_provider"} <= out
    used = {name_of(call) for _, tree in trees(WEB) for call in calls_in(tree)}
    assert sorted((used & out) - given) == []


def test_the_rule_sees_what_it_forbids() -> None:
    given = {"poll_payment"}
    assert faults_of_page(ast.parse("poll_payment(payment_number=number, now=now)"), given)
    assert faults_of_page(ast.parse("provider_for(code).identify(code)"), given)
    assert faults_of_page(ast.parse("poll_payment(now=now, caller=call_directly)"), given)
    assert not faults_of_page(ast.parse("poll_payment(now=now, caller=caller_for(order))"), given)
