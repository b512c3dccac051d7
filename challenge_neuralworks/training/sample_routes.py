"""Who flies where in the made-up sample: real names of airlines and cities, invented frequencies and delays."""

from __future__ import annotations

from typing import NamedTuple


class City(NamedTuple):
    """A destination: its ICAO code, its share of an airline's flights, and what it adds to the log-odds of delay."""

    icao: str
    weight: float
    late: float = 0.0


class Airline(NamedTuple):
    """An airline: its code, its share of all flights, what it adds to the log-odds of delay, and where it flies."""

    code: str
    weight: float
    late: float
    cities: tuple[str, ...]


DOMESTIC = {
    "Antofagasta": City("SCFA", 9, -0.1),
    "Arica": City("SCAR", 4, -0.2),
    "Balmaceda": City("SCBA", 2),
    "Calama": City("SCCF", 8, -0.3),
    "Castro (Chiloe)": City("SCPQ", 1, -0.6),
    "Concepcion": City("SCIE", 7),
    "Copiapo": City("SCAT", 3, -0.1),
    "Iquique": City("SCDA", 6),
    "Isla de Pascua": City("SCIP", 1, 0.2),
    "La Serena": City("SCSE", 4),
    "Osorno": City("SCJO", 0.5, 0.1),
    "Puerto Montt": City("SCTE", 7),
    "Puerto Natales": City("SCNT", 0.2, -0.4),
    "Punta Arenas": City("SCCI", 4),
    "Temuco": City("SCQP", 4),
    "Valdivia": City("SCVD", 1),
}

INTERNATIONAL = {
    "Asuncion": City("SGAS", 1, 0.3),
    "Atlanta": City("KATL", 2, -0.9),
    "Auckland N.Z.": City("NZAA", 1, 0.8),
    "Bariloche": City("SAZS", 0.02),
    "Bogota": City("SKBO", 4, 0.2),
    "Buenos Aires": City("SABE", 12, 0.2),
    "Cancun": City("MMUN", 0.2),
    "Cataratas Iguacu": City("SBFI", 0.02),
    "Ciudad de Mexico": City("MMMX", 2, -0.4),
    "Ciudad de Panama": City("MPTO", 4, -0.8),
    "Cochabamba": City("SLCB", 0.01),
    "Cordoba": City("SACO", 3, 0.4),
    "Curitiba, Bra.": City("SBCT", 0.02),
    "Dallas": City("KDFW", 2, -0.8),
    "Florianapolis": City("SBFL", 0.5),
    "Guayaquil": City("SEGU", 1),
    "Houston": City("KIAH", 2, -0.9),
    "La Paz": City("SLLP", 0.6),
    "Lima": City("SPJC", 10, 0.1),
    "Londres": City("EGLL", 1, -0.2),
    "Los Angeles": City("KLAX", 0.5, 0.2),
    "Madrid": City("LEMD", 3),
    "Melbourne": City("YMML", 0.2, 1.2),
    "Mendoza": City("SAME", 4, 0.3),
    "Miami": City("KMIA", 3),
    "Montevideo": City("SUMU", 3, 0.1),
    "Neuquen": City("SAZN", 0.2),
    "Nueva York": City("KJFK", 1, 0.1),
    "Orlando": City("KMCO", 0.1, 0.3),
    "Paris": City("LFPG", 1, -0.6),
    "Pisco, Peru": City("SPSO", 0.01),
    "Puerto Stanley": City("EGYP", 0.01),
    "Punta Cana": City("MDPC", 0.2, 0.4),
    "Punta del Este": City("SULS", 0.03),
    "Quito": City("SEQM", 0.01),
    "Rio de Janeiro": City("SBGL", 4, 0.3),
    "Roma": City("LIRF", 1, -0.4),
    "Rosario": City("SAAR", 0.5, 0.6),
    "San Juan, Arg.": City("SANU", 0.2),
    "Santa Cruz": City("SLVR", 0.4, 0.2),
    "Sao Paulo": City("SBGR", 9, 0.2),
    "Sydney": City("YSSY", 1, 1.2),
    "Toronto": City("CYYZ", 1, 0.4),
    "Tucuman": City("SANT", 0.2),
    "Ushuia": City("SAWH", 0.03),
    "Washington": City("KIAD", 0.01),
}

_SHARED = tuple(city for city in DOMESTIC if city not in {"Isla de Pascua", "Castro (Chiloe)"})

AIRLINES = {
    "Aerolineas Argentinas": Airline("ARG", 3, 0.3, ("Buenos Aires",)),
    "Aeromexico": Airline("AMX", 0.6, -1.6, ("Ciudad de Mexico",)),
    "Air Canada": Airline("ACA", 0.9, 1.1, ("Buenos Aires", "Toronto")),
    "Air France": Airline("AFR", 0.6, -0.6, ("Paris",)),
    "Alitalia": Airline("AZA", 0.5, -0.4, ("Roma",)),
    "American Airlines": Airline("AAL", 1.2, -0.9, ("Dallas", "Miami", "Montevideo")),
    "Austral": Airline("AUT", 0.2, 0.2, ("Buenos Aires", "Cordoba")),
    "Avianca": Airline("AVA", 1.8, 0.4, ("Bogota", "Lima")),
    "British Airways": Airline("BAW", 0.4, -0.2, ("Londres",)),
    "Copa Air": Airline("CMP", 2.7, -0.4, ("Ciudad de Panama",)),
    "Delta Air": Airline("DAL", 0.6, -0.5, ("Atlanta",)),
    "Gol Trans": Airline("GLO", 1.2, 0.8, ("Florianapolis", "Rio de Janeiro", "Sao Paulo")),
    "Grupo LATAM": Airline("LAN", 58, 0.0, (*DOMESTIC, *(city for city in INTERNATIONAL if city != "Sydney"))),
    "Iberia": Airline("IBE", 0.6, -0.5, ("Madrid",)),
    "JetSmart SPA": Airline("JAT", 1.8, 0.1, ("Antofagasta", "Calama", "Concepcion", "La Serena", "Puerto Montt")),
    "K.L.M.": Airline("KLM", 0.4, -0.7, ("Buenos Aires",)),
    "Lacsa": Airline("LRC", 0.2, -0.5, ("Lima",)),
    "Latin American Wings": Airline("LAW", 2.5, 1.0, ("Concepcion", "Lima", "Mendoza", "Puerto Montt")),
    "Oceanair Linhas Aereas": Airline("ONE", 0.5, -0.1, ("Miami", "Sao Paulo")),
    "Plus Ultra Lineas Aereas": Airline("PUE", 0.2, 1.8, ("Lima", "Madrid")),
    "Qantas Airways": Airline("QFU", 0.4, 0.6, ("Sydney",)),
    "Sky Airline": Airline("SKU", 21, 0.0, (*_SHARED, "Buenos Aires", "Cordoba", "Lima", "Mendoza", "Montevideo")),
    "United Airlines": Airline("UAL", 0.5, -0.9, ("Houston", "Washington")),
}
