"""A message out of its expression in the code: the words as they stand, what is filled in as `<its name>`."""

from __future__ import annotations

import ast

Scope = ast.FunctionDef | ast.Module
_FALLBACK = "…"


def sentence(expression: ast.expr, scope: Scope) -> str:
    """The message; where the code chooses one of several, they are joined by *or*.

    :param scope: the scope, or the module, in which its names are looked up
    """
    match expression:
        case ast.Constant(value=str(text)):
            return _escaped(text)
        case ast.JoinedStr(values=parts):
            return "".join(_part(part, scope) for part in parts)
        case ast.IfExp(body=first, orelse=second):
            return _either(sentence(first, scope), sentence(second, scope))
        case ast.Name(id=name):
            values = [value for value in _assigned(name, scope) if not isinstance(value, ast.Name)]
            return _either(*(sentence(value, scope) for value in values)) or _placeholder(name)
        case ast.BinOp(left=first, op=ast.Add(), right=second):
            return sentence(first, scope) + sentence(second, scope)
        case ast.BoolOp(values=values):
            return _either(*(sentence(value, scope) for value in values))
        case ast.Call(func=ast.Attribute(value=ast.JoinedStr() as inside)):
            return sentence(inside, scope)
        case _:
            return _placeholder(_name(expression))


def _either(*texts: str) -> str:
    """Each text once, those that say something."""
    return "; *or* ".join(dict.fromkeys(text for text in texts if text))


def _part(part: ast.expr, scope: Scope) -> str:
    """A piece of an f-string."""
    if isinstance(part, ast.FormattedValue):
        value = part.value
        return f"({sentence(value, scope)})" if isinstance(value, ast.IfExp) else _placeholder(_name(value))
    return _escaped(str(part.value)) if isinstance(part, ast.Constant) else _FALLBACK


def _assigned(name: str, scope: Scope) -> list[ast.expr]:
    """What the scope, or one inside it, assigns to a name."""
    found: list[ast.expr] = []
    for node in ast.walk(scope):
        if isinstance(node, ast.Assign) and any(isinstance(one, ast.Name) and one.id == name for one in node.targets):
            found.append(node.value)
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple):
            names = [one.id if isinstance(one, ast.Name) else "" for one in node.targets[0].elts]
            if name in names and isinstance(node.value, ast.Tuple):
                found.append(node.value.elts[names.index(name)])
    return found


def _name(expression: ast.expr) -> str:
    """The last name of an expression: of `cutover.pipeline.aws.region` it is `region`."""
    match expression:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
        case ast.Call(func=ast.Attribute(attr="join"), args=[joined]):
            return _name(joined)
        case ast.Call(func=ast.Attribute(value=inside, attr="get" | "removesuffix" | "format")):
            return _name(inside)
        case ast.Call(args=[first, *_]) | ast.Subscript(value=first) | ast.BoolOp(values=[first, *_]):
            return _name(first)
        case ast.Call(func=called):
            return _name(called)
        case ast.IfExp(body=first) | ast.BinOp(left=first) | ast.FormattedValue(value=first):
            return _name(first)
        case ast.GeneratorExp(elt=first) | ast.ListComp(elt=first):
            return _name(first)
        case ast.JoinedStr(values=parts):
            return next((_name(part.value) for part in parts if isinstance(part, ast.FormattedValue)), _FALLBACK)
        case ast.Constant(value=value):
            return str(value)
        case _:
            return _FALLBACK


def _placeholder(name: str) -> str:
    words = name.strip("_").replace("_", " ")
    return words if words == _FALLBACK else f"`<{words}>`"


def _escaped(text: str) -> str:
    """Plain words in Markdown: no emphasis, no HTML."""
    for sign in "\\*_<`[":
        text = text.replace(sign, f"\\{sign}")
    return text
