"""What a browser says of its subscription, without a browser."""

ENDPOINT = "https://fcm.googleapis.com/fcm/send/"
# The generator of P-256, uncompressed: a point that is on the curve.
P256DH = "BGsX0fLhLEJH-Lzm5WOkQPJ3A32BLeszoPShOUXYmMKWT-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU"
AUTH = "AAAAAAAAAAAAAAAAAAAAAA"


def said(token: str = "a", **more: str) -> dict[str, str]:
    return {"endpoint": ENDPOINT + token, "p256dh": P256DH, "auth": AUTH, **more}
