-- Run once by the PostgreSQL image on an empty data directory: a database for each service, which shares nothing.
-- The password is for a laptop; production gets its own role, secret and server per service.
CREATE ROLE centerline LOGIN PASSWORD 'centerline';
CREATE DATABASE routing OWNER centerline;
CREATE DATABASE workqueue OWNER centerline;
CREATE DATABASE liquidation OWNER centerline;
CREATE DATABASE notifications OWNER centerline;
CREATE DATABASE console OWNER centerline;
