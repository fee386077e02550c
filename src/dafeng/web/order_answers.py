"""What a program hears of an order to the ledger.

Invariant: 201 booked, 202 waits for a second person, 200 asked before, 409 the id has another content, 422 refused.
"""

from __future__ import annotations

from fastapi.responses import JSONResponse, Response

from dafeng.work.noted_orders import Order
from dafeng.work.right_overview import order_document


def answer_order(order: Order) -> Response:
    """Answer to who asked for something.

    Parameters
    ----------
    order : Order
        What came of it.

    Returns
    -------
    Response
        JSON; the order, and its code under ``error`` where it was refused.
    """
    code = _code(order)
    body = order_document(order)
    return JSONResponse({"error": code, **body} if code >= 400 else body, status_code=code)


def _code(order: Order) -> int:
    if order.state in ("refused", "rejected"):
        return 409 if order.code == "conflict" else 422
    if order.state in ("waiting", "handed"):
        return 202
    return 200 if order.again else 201
