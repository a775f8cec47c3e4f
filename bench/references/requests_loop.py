"""The way of the vendor's own example: one row after the other, each over a connection of its own.

python3 requests_loop.py URL SALES.csv, with the token in CONVOSO_AUTH_TOKEN
"""

import csv
import os
import sys

import requests

url, path = sys.argv[1:]
token = os.environ["CONVOSO_AUTH_TOKEN"]
with open(path, newline="") as file:
    for row in csv.DictReader(file):
        sale = {"call_log_id": row["Call Log ID"], "revenue": row["Sale Amount"]}
        answer = requests.post(url, data={"auth_token": token, **sale})
        if not answer.json()["success"]:
            sys.exit(f"{row['Call Log ID']}: {answer.text}")
