"""An address as a QR code in the terminal, for a phone to read off the screen."""

import io


def qr(text: str) -> str:
    """The code in half blocks, dark on light whatever the terminal's colours are."""
    import segno

    drawn = io.StringIO()
    segno.make(text, micro=False).terminal(drawn, border=2, compact=True)
    return drawn.getvalue()
