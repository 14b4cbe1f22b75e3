"""Hearing of new mail: one process holds a connection for each of many accounts.

    shares      which accounts are this process's, by leases in the database
    watching    one account: connect, wait, reconnect
    line        its connection: IDLE on one folder, STATUS of the others now and then
    process     all of them on one event loop; news goes to the database and the queue

Nothing is fetched here. What is heard is only a hint that a worker should look.
"""
