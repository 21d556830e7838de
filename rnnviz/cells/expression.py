r"""Expressions of the cells' equations, such as "f * c_before + i * g": read once, then written or computed in any way.

They are Python's: sums, differences and products (by element), calls of one function of one argument, numbers, names.
"""

import ast
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

_SIGNS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*"}


@lru_cache(maxsize=500)
def parsed(text: str) -> ast.expr:
    """Read an expression. Raises ValueError for anything else that Python could do."""
    node = ast.parse(text, mode="eval").body
    for part in ast.walk(node):
        calls = isinstance(part, ast.Call) and (
            not isinstance(part.func, ast.Name) or len(part.args) != 1 or part.keywords
        )
        known = isinstance(part, ast.BinOp | ast.Call | ast.Name | ast.Constant | ast.Load | ast.operator)
        if calls or not known or (isinstance(part, ast.operator) and type(part) not in _SIGNS):
            raise ValueError(f"{text!r}: allowed are +, -, *, one function of one argument, numbers and names")
    return node


def names(text: str) -> tuple[str, ...]:
    """Return the names in an expression, functions not among them, each once, in their order."""
    return tuple(dict.fromkeys(name for name in re.findall(r"[A-Za-z_]\w*(?![\w(])", text)))


def evaluate(text: str, values: Mapping[str, Any], functions: Mapping[str, Callable[[Any], Any]]) -> Any:
    """Compute an expression from its names' values, of any type that has +, - and *."""
    return _evaluate(parsed(text), values, functions)


def _evaluate(node: ast.expr, values: Mapping[str, Any], functions: Mapping[str, Callable[[Any], Any]]) -> Any:
    match node:
        case ast.Name(id=name):
            return values[name]
        case ast.Constant(value=number):
            return number
        case ast.Call(func=ast.Name(id=name), args=[argument]):
            return functions[name](_evaluate(argument, values, functions))
        case ast.BinOp(left=left, op=op, right=right):
            a, b = (_evaluate(side, values, functions) for side in (left, right))
            match op:
                case ast.Add():
                    return a + b
                case ast.Sub():
                    return a - b
                case ast.Mult():
                    return a * b
    raise ValueError(ast.dump(node))


def calls(text: str) -> tuple[tuple[str, str], ...]:
    """Return the functions applied in an expression, with what each is applied to: "o * tanh(c)" has (tanh, c)."""
    found = (node for node in ast.walk(parsed(text)) if isinstance(node, ast.Call))
    return tuple((ast.unparse(node.func), ast.unparse(node.args[0])) for node in found)


def written(
    text: str,
    name: Callable[[str], str],
    call: Callable[[str, str], str],
    times: str = " * ",
) -> str:
    """Write an expression anew: name, call: how a name is written, and a function with its written argument.

    times: the sign between factors.
    """
    return _written(parsed(text), name, call, times)


def _written(node: ast.expr, name: Callable[[str], str], call: Callable[[str, str], str], times: str) -> str:
    match node:
        case ast.Name(id=this):
            return name(this)
        case ast.Call(func=ast.Name(id=function), args=[argument]):
            return call(function, _written(argument, name, call, times))
        case ast.BinOp(left=left, op=op, right=right):
            product = isinstance(op, ast.Mult)
            sides = [_written(side, name, call, times) for side in (left, right)]
            for i, side in enumerate((left, right)):
                sums = isinstance(side, ast.BinOp) and not isinstance(side.op, ast.Mult)
                if sums and (product or (i and isinstance(op, ast.Sub))):
                    sides[i] = f"({sides[i]})"
            return (times if product else f" {_SIGNS[type(op)]} ").join(sides)
    return ast.unparse(node)
