"""The checkpoint page and the API: what staff, turnstiles and citizens check codes with.

::

    starting ─ app ─┬─ pages, scanning   what people open, and what their page asks
                    ├─ api, openapi      what machines ask
                    └─ station           trust data, places, readers, repeats, counts: one of each

Order 653n, point 7: the *visualisation of the validity check* is the confirmation.
"""
