"""What carries a notice outside the inbox: e-mail, robots of group chats, text messages, others through Apprise.

`delivery` decides and records, each other file speaks one language. Nothing here logs or stores an address, a secret
or what a message said.
"""
