"""Known answers: exports of conversations of people who do not exist."""

from __future__ import annotations

from forensics.detectors.base import Specimen

_HAND = "by hand, in the form of "
_TELEGRAM = """{
 "about": "data",
 "chats": {
  "list": [
   {
    "name": "Täl",
    "type": "personal_chat",
    "id": 42,
    "messages": [
     {"id": 1, "type": "message", "date": "2024-02-29T23:59:58", "date_unixtime": "1709251198", "from": "Wick",
      "from_id": "user1", "text": "is it there? {\\"}"},
     {"id": 2, "type": "message", "date": "2024-03-01T00:00:03", "date_unixtime": "1709251203", "from": "Täl",
      "from_id": "user42", "text": [{"type": "bold", "text": "yés"}, ", it is"]}
    ]
   },
   {
    "name": "Candles",
    "type": "private_supergroup",
    "id": 43,
    "messages": [
     {"id": 9, "type": "service", "date": "2024-02-29T23:59:58", "actor": "Wick", "action": "create_group", "text": ""}
    ]
   }
  ]
 }
}
""".encode()
_DISCORD = b"""{
  "guild": {"id": "0", "name": "Direct Messages"},
  "channel": {
    "id": "530805775262679064",
    "type": "DirectTextChat",
    "name": "tallow"
  },
  "messages": [
    {"id": "1", "type": "Default", "timestamp": "2024-02-29T23:59:58.762+00:00", "timestampEdited": null,
     "content": "is it there?", "author": {"id": "11", "name": "wick"}, "attachments": [{"fileName": "map.png"}]}
  ]
}
"""
_MESSENGER = b"""{
  "participants": [
    {
      "name": "Wick"
    },
    {"name": "T\\u00c3\\u00a4l"}
  ],
  "messages": [
    {"sender_name": "T\\u00c3\\u00a4l", "timestamp_ms": 1709251203500, "content": "yes"},
    {"sender_name": "Wick", "timestamp_ms": 1709251198000, "content": "is it there?"}
  ],
  "title": "x"
}
"""
JSON_EXPORT = (
    Specimen("Telegram, two chats", _TELEGRAM, ("täl", "candles"), _HAND + "Telegram Desktop 4"),
    Specimen("Telegram, cut in the second message", _TELEGRAM[:420], ("täl",), _HAND + "Telegram Desktop 4, cut"),
    Specimen("Discord", _DISCORD, ("tallow",), _HAND + "DiscordChatExporter 2"),
    Specimen("Messenger", _MESSENGER, ("täl, wick",), _HAND + "Facebook's export"),
    Specimen("no messages", _TELEGRAM.replace(b'"messages"', b'"massages"'), None, "by hand"),
    Specimen("messages of another kind", _DISCORD.replace(b'"author"', b'"owner"'), None, "by hand"),
)
_ANDROID = b"""\
2/29/24, 23:58 - Messages and calls are end-to-end encrypted.
2/29/24, 23:59 - Wick: is it there?
3/1/24, 00:00 - Tallow: yes: it is
and a second line
"""
WHATSAPP_EXPORT = (
    Specimen("Android, month first", _ANDROID, ("none stored",), _HAND + "WhatsApp for Android"),
    Specimen(
        "iOS, with dots",
        b"[29.02.24, 23:59:58] Wick: is it there?\n[01.03.24, 00:00:03] Tallow: yes\n[01.03.24, 00:00:09] Wick: ok\n",
        ("none stored",),
        _HAND + "WhatsApp for iOS",
    ),
    Specimen("two lines", _ANDROID[:100], None, _HAND + "WhatsApp for Android, cut"),
    Specimen(
        "nobody speaks", b"1/2/21, 23:58 - started\n1/2/21, 23:59 - ended\n1/2/21, 23:59 - off\n", None, "by hand"
    ),
)
