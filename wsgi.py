"""The web application as a WSGI server wants it: `granian --interface wsgi wsgi:app`."""

import os

from logistics.app import create_app
from logistics.config import Config
from logistics.wiring import context_from

config = Config.from_env(os.environ)
app = create_app(context_from(config, "app"), cookie_secure=config.cookie_secure)
