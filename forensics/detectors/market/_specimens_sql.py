"""Dumps of an invented shop's database, with invented people and harmless goods."""

from __future__ import annotations

from forensics.detectors.base import Specimen

MADE = "made by hand after the form of the program's output"

MYSQL = rb"""-- MySQL dump 10.13  Distrib 8.0.36, for Linux (x86_64)
--
-- Host: localhost    Database: larkspur
-- ------------------------------------------------------
-- Server version	8.0.36

DROP TABLE IF EXISTS `users`;
CREATE TABLE `users` (
  `id` int NOT NULL AUTO_INCREMENT,
  `username` varchar(40) NOT NULL,
  `password` varchar(255) NOT NULL,
  `pgp_key` text,
  `last_seen` datetime DEFAULT NULL,
  `created_at` timestamp NULL DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (`id`),
  UNIQUE KEY `username` (`username`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
INSERT INTO `users` VALUES (1,'PineAndTwine','$2y$10$invented.hash.of.nobody',NULL,'2023-04-02 10:00:00','2023-01-05 08:30:00'),
(2,'mossy_kettle','$2y$10$another.invented.hash','','2023-04-03 11:12:13','2023-02-11 19:00:01');
CREATE TABLE `products` (
  `id` int NOT NULL,
  `name` varchar(200) DEFAULT NULL,
  `price` decimal(10,2) DEFAULT '0.00',
  `vendor_id` int DEFAULT NULL
);
INSERT INTO `products` VALUES (7,'Walnut spoon, carver\'s choice (large)',14.50,1),(8,'Tea strainer; steel',9.00,1);
CREATE TABLE `purchases` (
  `id` int NOT NULL,
  `offer_id` int DEFAULT NULL,
  `buyer_id` int DEFAULT NULL,
  `vendor_id` int DEFAULT NULL,
  `state` enum('purchased','sent','delivered') DEFAULT 'purchased',
  `marketplace_address` varchar(120) DEFAULT NULL,
  `redeem_script` text,
  `created_at` datetime DEFAULT NULL
);
INSERT INTO `purchases` VALUES (31,7,2,1,'sent','bc1qexample',NULL,'2023-03-01 12:00:00');
-- Dump completed on 2023-04-04  3:15:00
"""

POSTGRES = (
    b"--\n-- PostgreSQL database dump\n--\n\n-- Dumped from database version 15.4\n\n"
    b"CREATE TABLE public.members (\n    id integer NOT NULL,\n    username character varying(40),\n"
    b"    pgp_public_key text,\n    created_at timestamp with time zone\n);\n"
    b"CREATE TABLE public.listings (\n    id integer,\n    title text,\n    price numeric(10,2),\n    seller_id integer\n);\n"
    b"COPY public.members (id, username, pgp_public_key, created_at) FROM stdin;\n"
    b"1\tStoffkiste\t\\N\t2022-05-01 10:00:00+02\n2\tteichrose77\t\\N\t2022-05-02 10:00:00+02\n\\.\n"
    b"COPY public.listings (id, title, price, seller_id) FROM stdin;\n11\tLeinenbeutel\\tgross\t9.90\t1\n\\.\n"
    b"COPY public.orders (id, listing_id, buyer_id, status, escrow_address) FROM stdin;\n5\t11\t2\tpaid\t\\N\n\\.\n"
    b"--\n-- PostgreSQL database dump complete\n--\n"
)

SQLITE = b"""PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE sellers(id INTEGER PRIMARY KEY, name TEXT, pgp_key TEXT);
INSERT INTO sellers VALUES(1,'Waldrand','');
CREATE TABLE items(id INTEGER PRIMARY KEY, title TEXT, price REAL, seller_id INTEGER);
INSERT INTO items VALUES(1,'Holzkamm; it''s "fein"
und glatt',12.0,1);
CREATE TABLE orders(id INTEGER, item_id INTEGER, status TEXT, xmr_address TEXT);
INSERT INTO orders VALUES(1,1,'sent',NULL);
CREATE TABLE reviews(id INTEGER, stars INTEGER, comment TEXT);
COMMIT;
"""

_BLOG = b"""-- MySQL dump 10.13  Distrib 8.0.36
CREATE TABLE `posts` (`id` int, `title` text, `content` text);
INSERT INTO `posts` VALUES (1,'Hello','world');
CREATE TABLE `comments` (`id` int, `comment` text, `author` text);
CREATE TABLE `users` (`id` int, `username` text, `password` text);
-- Dump completed on 2023-04-04  3:15:00
"""

DUMPS = (
    Specimen("mysqldump of a marketplace", MYSQL, ("larkspur",), MADE),
    Specimen("pg_dump of a marketplace", POSTGRES, ("listings, members, orders",), MADE),
    Specimen("SQLite .dump of a marketplace", SQLITE, ("items, orders, reviews, sellers",), MADE),
    Specimen("truncated after the first table", MYSQL[:900], None, MADE),
    Specimen("look-alike: a dump of a blog", _BLOG, None, MADE),
)
