-- An order service: the kinds of columns that services have and a legacy database keeps in another way.
CREATE SCHEMA orders;

CREATE TABLE orders.customer_order (
    id uuid PRIMARY KEY,
    status varchar(20) NOT NULL,
    note varchar(200),
    "DOC" jsonb,           -- DMS renames no column that travels as a LOB
    "PAID" boolean,
    placed_at timestamptz
);

CREATE TABLE orders.country (
    code varchar(4) PRIMARY KEY,
    label varchar(40)
);

CREATE TABLE orders.memo (
    order_no bigint,
    line_no integer,
    "MEMO" text,
    PRIMARY KEY (order_no, line_no)
);

CREATE TABLE orders.validity (
    id bigint PRIMARY KEY,
    valid_from timestamp,
    valid_to timestamp
);

-- What DMS itself makes in a source; the wildcard of the mapping meets it.
CREATE TABLE orders.awsdms_ddl_audit (
    c_key bigserial PRIMARY KEY,
    c_time timestamp,
    c_ddlqry text
);

INSERT INTO orders.customer_order VALUES
    ('5f0c1d1e-8a33-4a53-9a4e-0d6a6c1f8a01', 'open', '빠른 배송', '{"city": "서울", "lines": [1, 2]}', true, '2026-03-01 09:30:00+09'),
    ('5f0c1d1e-8a33-4a53-9a4e-0d6a6c1f8a02', 'sent', 'ring twice', '"x"', false, '2026-03-02 18:00:00+09'),
    ('5f0c1d1e-8a33-4a53-9a4e-0d6a6c1f8a03', 'void', NULL, NULL, NULL, NULL);
INSERT INTO orders.country VALUES ('KR', '대한민국'), ('GB', 'United Kingdom');
INSERT INTO orders.memo VALUES (7, 1, 'leave it at the door'), (7, 2, rpad('a', 3000, ' long memo. a'));
INSERT INTO orders.validity VALUES (1, '2026-01-01', 'infinity'), (2, '2026-01-01', '2026-12-31 23:59:59');

