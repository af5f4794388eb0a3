"""四性检测 (DA/T 70-2018): is a package authentic, complete, usable and safe, when filed, handed over and kept?

`running.run` looks at files in memory and answers with a report; it knows no database, network or clock. What a program
cannot look at is said to be not applicable, with who must do it; nothing is called passed that was not looked at.
"""
