"""Customs terms and dated reference data as pure functions: numbers, days, money, tariff, Centers."""
