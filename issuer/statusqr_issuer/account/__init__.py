"""The citizen's account: consent, statuses, codes on the screen and on paper.

::

    app         routes, guards and limits put together
    office      what the account works with: the registry, the desk, the consent, the clock
    visits      one request of a person who has signed in; the only way to what is held about them
    statuses, consenting, showing, printing     the pages, by topic

Needs the extra `account`. Nothing here records where and to whom a code was shown.
"""
